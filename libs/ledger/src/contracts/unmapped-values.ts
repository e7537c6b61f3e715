import type { AgencyFile, ContractVersion } from '#wire';
import { readAgencies } from '../agencies.js';
import { today } from '../hub-clock.js';
import { readRouting, routingOf } from '../routing/read-routing.js';
import type { Database } from '../database.js';
import { pastEvents, waitingEvents, type PastEvent } from './past-events.js';
import { RecentFiles } from './recent-files.js';
import { Side, type Renderer } from './rehearsal-side.js';
import { narrowed, startOfDay } from './rehearse-contract.js';

interface Missed {
  table: string;
  code: string | undefined;
  stoodIn: boolean;
}

export interface UnmappedAsk {
  agency: string;
  /** The contract that is looked at; absent: the one in force. */
  file?: AgencyFile;
  /** So many days, today the last of them (Asia/Ho_Chi_Minh). What hasn't ended is looked at whatever its age. */
  days: number;
  /** The day whose version is used for sending; default today. */
  on?: string;
  connect: (contract: ContractVersion, onUnmapped: (found: Missed) => void) => Renderer;
  /** Case codes of each value. */
  mostCases?: number;
}

/** A value that a code table hasn't, and whom it hits. */
export interface UnmappedValue {
  table: string;
  /** Null: it doesn't look like a code, and isn't told. */
  code: string | null;
  /** The table says what stands for it: such items are made. */
  stoodIn: boolean;
  events: number;
  cases: number;
  /** Of these events: waiting for a person now, and not sent yet. */
  parked: number;
  open: number;
  firstSeen: string;
  lastSeen: string;
  examples: string[];
}

export interface UnmappedValues {
  agency: string;
  /** Null: no version is in force on that day. */
  version: string | null;
  since: string;
  on: string;
  /** Events that were mapped. */
  looked: number;
  /** Most cases first. */
  values: UnmappedValue[];
  /** More values than that aren't kept apart. */
  more: boolean;
}

const MOST_CASES = 5;
const MOST_VALUES = 500;

/**
 * Values that the code tables haven't, found by mapping what the agency got lately and what waits for it. Which table is in
 * force follows each case's own day, which version maps follows the day of sending. Nothing is sent, nothing is written.
 */
export async function unmappedValues(db: Database, ask: UnmappedAsk): Promise<UnmappedValues> {
  const { agency, days } = ask;
  const on = ask.on ?? today();
  const inForce = (await readAgencies(db)).find(({ id }) => id === agency)?.versions ?? [];
  const versions = ask.file?.versions ?? inForce;
  const version = versions.findLast(({ validFrom }) => validFrom <= on);
  const since = startOfDay(today(), days - 1);
  const tally = new ValueTally(ask.mostCases ?? MOST_CASES);
  const missed: Missed[] = [];
  const connect = (contract: ContractVersion): Renderer => ask.connect(contract, (found) => void missed.push(found));
  const routing = routingOf(await readRouting(db.pool));
  const side = Side.of(agency, versions, on, connect, new RecentFiles(db), routing);
  const look = async (event: PastEvent, state: 'past' | 'parked' | 'open'): Promise<void> => {
    missed.length = 0;
    await side.render(event);
    tally.add(event, state, missed);
  };
  try {
    const waiting = new Set<string>();
    for await (const page of waitingEvents(db, agency, side.needsCase))
      for (const { event, isParked } of page) {
        waiting.add(event.eventId);
        await look(event, isParked ? 'parked' : 'open');
      }
    const asked = { agency, since, ...narrowed(versions), withCase: side.needsCase };
    for await (const { events } of pastEvents(db, asked))
      for (const event of events) if (!waiting.has(event.eventId) && side.receives(event)) await look(event, 'past');
  } finally {
    await side.close();
  }
  const { looked, more } = tally;
  return {
    agency,
    version: version?.validFrom ?? null,
    since: since.toISOString(),
    on,
    looked,
    values: tally.values(),
    more,
  };
}

class ValueTally {
  looked = 0;
  more = false;
  private readonly found = new Map<string, { value: UnmappedValue; cases: Set<string> }>();

  constructor(private readonly mostCases: number) {}

  add(event: PastEvent, state: 'past' | 'parked' | 'open', missed: readonly Missed[]): void {
    this.looked++;
    // An item may look the same value up several times.
    const distinct = new Map(missed.map((one) => [JSON.stringify([one.table, one.code ?? null, one.stoodIn]), one]));
    for (const [key, { table, code, stoodIn }] of distinct) {
      const known = this.found.get(key);
      if (!known && this.found.size >= MOST_VALUES) {
        this.more = true;
        continue;
      }
      const { value, cases } = known ?? {
        cases: new Set<string>(),
        value: {
          table,
          code: code ?? null,
          stoodIn,
          ...empty,
          firstSeen: event.recordedAt,
          lastSeen: event.recordedAt,
          examples: [],
        },
      };
      if (!known) this.found.set(key, { value, cases });
      value.events++;
      if (state !== 'past') value[state]++;
      if (event.recordedAt < value.firstSeen) value.firstSeen = event.recordedAt;
      if (event.recordedAt > value.lastSeen) value.lastSeen = event.recordedAt;
      if (!cases.has(event.caseCode) && value.examples.length < this.mostCases) value.examples.push(event.caseCode);
      cases.add(event.caseCode);
      value.cases = cases.size;
    }
  }

  values(): UnmappedValue[] {
    return [...this.found.values()].map(({ value }) => value).sort((a, b) => b.cases - a.cases);
  }
}

const empty = { events: 0, cases: 0, parked: 0, open: 0 };
