import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { LinesToFalsify } from '../lines/falsify.routes.js';
import type { Arrival, Book, OwnAct } from './book.js';
import type { Faults } from './faults.js';
import type { Manner } from './manner.js';
import type { Secret } from './secrets.js';

/** Those that the sandbox starts together. */
export const standInNames = ['lltp', 'cong-dvc', 'mot-cua'] as const;
export type StandInName = (typeof standInNames)[number];
/** All that can be started by name. */
export const playedNames = [...standInNames, 'bo-noi-vu', 'lltp-gen1', 'vneid', 'csdl-tthc'] as const;
export type PlayedName = (typeof playedNames)[number];

/** Those of TT 01/2018 and its successors. */
export const tenStatuses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

export type PartnerBook = Book<Arrival | OwnAct>;

/** A partner system as the hub meets it: its own interface on one port, its clerks' and testers' handles on another. */
export interface StandIn {
  readonly name: PlayedName;
  readonly book: PartnerBook;
  readonly faults: Faults;
  /** How it writes what faults bend; without it only what goes wrong below its protocol can be played. */
  readonly manner?: Manner;
  /**
   * What stands at it now, a line a case; absent: it holds no cases. Its key is the one that the hub shows elsewhere; absent
   * where the hub shows none.
   */
  readonly lines?: { books: LinesToFalsify; statuses: readonly number[]; key?: Secret };
  /** Routes that the partner offers. */
  partner(app: FastifyInstance): void;
  /** Handles beyond books, holds, faults and wording, which all stand-ins have. */
  control(app: FastifyInstance): void;
  /** What a request asks for and of which cases, so that a fault can be meant for one of them. */
  aim(request: FastifyRequest): { operation: string; codes: string[] };
  /** The partner's own way to say "not now". */
  busyAnswer(request: FastifyRequest): { status: number; headers?: Record<string, string>; body: unknown };
  /** What it holds of one case, of its making. */
  holds(code: string): object | undefined;
  held(): Iterable<object>;
  /** Texts and codes that no source prints: replaceable while running. */
  readonly wording: Record<string, unknown>;
  start(): void;
  stop(): Promise<void>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The partner's own name of what a route does; a book line carries it, and a fault can be meant for it. */
    operation?: string;
  }
}
