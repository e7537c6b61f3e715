import type { Json } from './canonical.js';

/** What is read of a procedure; a catalogue's list says some of it, its detail more. Codes and words are the partner's. */
export interface ProcedureFacts {
  /** Who carries it out. */
  executing?: Named[];
  /** Of government: province, commune … */
  levels?: string[];
  fields?: Named[];
  channels?: string[];
  terms?: ProcedureTerm[];
  /** 2026: STANDARD or ASSIGNED_REGULATION. */
  type?: string;
}

export interface Named {
  code?: string;
  name: string;
}

/** `unit` as the partner writes it: "Ngày" doesn't say whether it works. */
export interface ProcedureTerm {
  channel?: string;
  amount: number;
  unit: string;
}

/** A procedure as a catalogue lists it: cleaned, beside what came. */
export interface ListedProcedure {
  code: string;
  name: string;
  /** The name as it came, blanks included. */
  rawName: string;
  /** By which the partner tells its detail. */
  key: string;
  facts: ProcedureFacts;
  raw: Json;
}

/** A whole list. `said`: how many the partner says it has; `unread`: rows that name no procedure. */
export interface PulledCatalogue {
  procedures: ListedProcedure[];
  said?: number;
  unread: number;
}
