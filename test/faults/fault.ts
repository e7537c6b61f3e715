import type { PartnerName } from './evidence.js';
import type { Hub } from './hub/hub.js';
import type { Partners } from './partners/partners.js';
import type { PlannedCase } from './load/planned-case.js';
import type { PostgresPair } from './services/postgres-pair.js';
import type { ServiceSet } from './services/service-set.js';
import type { ThreeBrokers } from './services/three-brokers.js';

/** What a world's hub is connected to: services directly, by wires, a PostgreSQL pair, three brokers. */
export type WorldKind = 'direct' | 'wires' | 'pair' | 'three-brokers';

export interface World {
  hub: Hub;
  partners: Partners;
  services: ServiceSet;
  pair?: PostgresPair;
  cluster?: ThreeBrokers;
  /** Lets the load go on for so long; in a quick run a quarter of it, unless told otherwise. */
  forSeconds: (seconds: number, quickly?: number) => Promise<void>;
}

export interface Fault {
  name: string;
  vi: string;
  en: string;
  world?: WorldKind;
  /** Part of the short selection. */
  quick?: true;
  /** Partners that it touches themselves; the others must not notice. */
  touches?: readonly PartnerName[];
  /** Cases of its own, by their number; default: those of every fault. */
  load?: (n: number) => PlannedCase;
  /** Invariants that only its load gives something to break. */
  tries?: readonly number[];
  /** Strikes and mends; resolves when the cause is gone. The load goes on meanwhile. */
  happen: (world: World) => Promise<void>;
  /** Lanes that it leaves parked are retried at the end by command, as an operator would. */
  parks?: true;
}
