import type { Compared } from '#wire';

import { judged, type Standing } from '../lines/standing.js';
import { dayOf } from '../stand-in/real-dates.js';
import { nameOf, textAt } from '../stand-in/text-at.js';

type Members = Record<string, unknown>;

/** What one event says of a case, whoever reported it; normal forms of a line. `sequence`: its place in the case. */
export interface Told {
  sequence: number;
  /** Short: received, status-changed. */
  type: string;
  status?: number;
  /** ISO day on which it came about; of a row, the end that it names. */
  on?: string;
  endedOn?: string;
  /** Of an application: its own fields. Of a result: number and file. */
  says?: Compared;
}

/** Of an event that doesn't say its place. */
export const unknownPlace = 0;

/** A submission's or a delivery's payload, kept as short as later lines need it. */
export function toldBy(type: string, sequence: number, data: Members): Told {
  const short = type.replace(/^vn\.lienthong\.case\.(.*)\.v\d+$/, '$1');
  const at = dayAt(data, 'at');
  const told = { sequence, type: short, ...(at === null ? {} : { on: at }) };
  switch (short) {
    case 'received':
      return { ...told, status: statusIn(data) ?? 2, says: applicationOf(data) };
    case 'supplemented':
      return { ...told, status: statusIn(data) ?? 4, says: applicationOf(data) };
    case 'withdrawn':
      return { ...told, status: 7 };
    case 'result-issued':
      return { ...told, status: 9, says: resultOf(data) };
    default: {
      const [status, endedOn] = [statusIn(data), dayAt(data, 'finishedAt')];
      return { ...told, ...(status === undefined ? {} : { status }), ...(endedOn === null ? {} : { endedOn }) };
    }
  }
}

/**
 * How the one-stop's own screen shows a case: by the order of its events, however late one came back. Undefined where it
 * knows no application: it was told of a case that it didn't enter itself.
 */
export function shownAs(events: readonly Told[]): Omit<Standing, 'key'> | undefined {
  let application: Compared | undefined;
  let result: Compared = { resultNumber: null, resultFile: null, resultStands: 'no' };
  let [status, rows, finishedOn]: [number, number, string | null] = [1, 0, null];
  for (const event of inOrder(events)) {
    status = event.status ?? status;
    if (event.type === 'received' || event.type === 'supplemented') application = { ...application, ...event.says };
    if (event.type === 'status-changed' || event.type === 'withdrawn') rows += 1;
    if (event.type === 'result-issued') result = { ...event.says, resultStands: 'yes' };
    if (event.type === 'result-revoked') result = { resultNumber: null, resultFile: null, resultStands: 'revoked' };
    finishedOn = status < 9 ? null : (event.endedOn ?? finishedOn ?? event.on ?? null);
  }
  if (!application?.receivedOn) return undefined;
  const { dueOn = null } = application;
  return {
    receivedOn: application.receivedOn,
    fields: {
      ...application,
      ...result,
      status: String(status),
      finishedOn,
      judged: judged(status, finishedOn, dueOn, dayOf(new Date())),
      progressRows: String(rows),
    },
  };
}

/** Of one that was told twice, the newer; what has no place in the case comes last. */
function inOrder(events: readonly Told[]): Told[] {
  const placed = new Map(events.map((event) => [event.sequence, event]));
  const unplaced = events.filter(({ sequence }) => sequence === unknownPlace);
  placed.delete(unknownPlace);
  return [...[...placed.values()].sort((one, other) => one.sequence - other.sequence), ...unplaced];
}

function applicationOf(data: Members): Compared {
  const applicant = (data['applicant'] ?? {}) as Members;
  return {
    procedure: textAt((data['procedure'] ?? {}) as Members, 'code') || null,
    receivedOn: dayAt(data, 'receivedAt'),
    dueOn: dayAt(data, 'dueAt'),
    applicantName: nameOf(textAt(applicant, 'name')),
    applicantId: textAt(applicant, 'idNumber') || null,
  };
}

function resultOf(data: Members): Compared {
  const [paper] = (data['documents'] ?? []) as Members[];
  return {
    resultNumber: textAt((data['judicialRecord'] ?? {}) as Members, 'number') || null,
    resultFile: (paper && textAt(paper, 'sha256')) || null,
  };
}

const statusIn = ({ status }: Members): number | undefined => (typeof status === 'number' ? status : undefined);

/** The day of an RFC 3339 time in Vietnam; null where there is none. */
function dayAt(data: Members, member: string): string | null {
  const at = Date.parse(textAt(data, member));
  return Number.isNaN(at) ? null : dayOf(new Date(at));
}
