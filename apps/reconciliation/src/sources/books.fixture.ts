import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lineHash, type Compared, type ComparedField, type ContractVersion, type Line, type Range, type ReconcileLines } from '#wire'; // prettier-ignore
import type { LineSource } from '../lines/line-source.js';
import { sourceFor, type SourceDeps } from './source-for.js';

export const compares: ComparedField[] = ['status', 'receivedOn', 'dueOn', 'applicantName'];
export const patient = new AbortController().signal;

export interface Case {
  key: string;
  receivedOn: string;
  fields: Compared;
}

export const caseOf = (n: number, more: Compared = {}): Case => {
  const receivedOn = `2026-03-0${1 + (n % 5)}`;
  const fields: Compared = {
    status: '4',
    receivedOn,
    dueOn: '2026-03-20',
    applicantName: `NGUYỄN THỊ MẪU ${n}`,
    ...more,
  };
  return { key: `000.00.14.H53-260305-${String(n).padStart(4, '0')}`, receivedOn, fields };
};
export const lineOf = ({ key, receivedOn, fields }: Case): Line => ({
  key,
  receivedOn,
  hash: lineHash(key, fields, compares),
  fields,
});

export const contractOf = (reconcile: ReconcileLines, more: Partial<ContractVersion> = {}): ContractVersion => ({
  validFrom: '2020-01-01',
  owner: 'G01',
  protocol: 'http',
  endpoint: { baseUrl: 'http://127.0.0.1:1' },
  receives: [],
  sends: [],
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [{ when: { status: '2xx' }, means: 'accepted' }],
  onDuplicate: 'refuse',
  limits: { inFlight: 4, timeout: '5s' },
  reconcile,
  ...more,
});

export function sourceOf(contract: ContractVersion, more: Partial<SourceDeps> = {}): LineSource {
  return sourceFor('x', contract, contract.reconcile as ReconcileLines, {
    secret: (name) => `value-of-${name}`,
    ourCases: () => (async function* () {})(),
    day: '2026-03-05',
    dailyFiles: '/nowhere',
    ...more,
  });
}

/** All lines of a range, by key, and the most that were handed on at once. */
export async function linesOf(
  source: LineSource,
  range: Range = { from: '2026-03-01', to: '2026-03-05' },
): Promise<Line[]> {
  const found: Line[] = [];
  try {
    await source.lines(range, (lines) => Promise.resolve(void found.push(...lines)), patient);
  } finally {
    await source.close();
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Why a source was refused: its rule, and the row where there is one. */
export const refusal = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'taken',
    (error: { rule?: string; row?: number; vi?: string; en?: string }) => {
      if (error.rule === undefined || !error.vi || !error.en) throw error as Error;
      return error.row === undefined ? error.rule : `${error.rule} in row ${error.row}`;
    },
  );

export class Served {
  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async by(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> {
    return Served.of(createServer(answer).listen(0, '127.0.0.1'));
  }

  static async of(server: Server): Promise<Served> {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
    return new Served(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

interface Reference {
  serveDigests(options: {
    compares: readonly string[];
    books: (from: string, to: string) => Promise<(Case & { hash?: string })[]>;
    token: string;
  }): Server;
}

/** The implementation that partners are given, over these books. */
export async function referenceServer(
  books: () => readonly (Case & { hash?: string })[],
  token: string,
): Promise<Served> {
  const reference = await documented<Reference>('serve-digests.mjs');
  const within = (from: string, to: string) =>
    Promise.resolve(books().filter(({ receivedOn }) => receivedOn >= from && receivedOn <= to));
  return Served.of(reference.serveDigests({ compares, books: within, token }));
}

export const inDocs = (name: string): string => join(import.meta.dirname, '../../../../docs/reconcile', name);
export const documented = async <M>(name: string): Promise<M> => (await import(pathToFileURL(inDocs(name)).href)) as M;

const token = (): string => randomBytes(16).toString('hex');
