import type { Arrival, Book } from '../evidence.js';
import type { CrossRead } from './cross-read.js';

/** A lane that got its turn: what came to the partner by a claim of its own. */
export interface Place {
  code: string;
  at: number;
  deadline: number;
}

/** What a partner that had said 503 to everything got from its return on. */
export interface Drain {
  partner: string;
  /** In the order in which they came. */
  places: Place[];
  /** Of these, the lanes that waited when it came back. */
  waited: Place[];
  /** Lanes that are claimed and haven't come, over all processes together. */
  window: number;
}

/** Lanes are claimed ahead of their requests, so many rounds of what may be under way at most. */
const AHEAD_ROUNDS = 8;
const PLAN_COMMITS_WITHIN_MS = 1_000;

/** Every partner's, however small. */
export const drainsOf = (read: CrossRead): Drain[] => read.evidence.books.flatMap((book) => drainOf(read, book));

function drainOf(read: CrossRead, book: Book): Drain[] {
  const { streams, lanes } = read.evidence.ledger;
  const refused = book.arrivals.filter(({ answer }) => answer === 503).map(({ at }) => at);
  if (refused.length === 0) return [];
  const lastRefused = Math.max(...refused);
  const codes = new Map(streams.map(({ stream, code }) => [stream, code]));
  const deadlines = new Map(
    lanes.filter(({ agency }) => agency === book.name).map(({ stream, deadline }) => [codes.get(stream)!, deadline]),
  );
  const plannedAt = ({ eventId }: Arrival): number => read.delivery(book.name, eventId)?.plannedAt ?? Infinity;
  const came = [...read.byCase.get(book.name)!]
    .map(([code, all]) => ({ code, all: all.filter(({ at }) => at > lastRefused) }))
    .filter(({ all }) => all.length > 0);
  const backAt = Math.min(...came.map(({ all }) => all[0]!.at));
  const placeOf = (code: string, { at }: Arrival): Place => ({ code, at, deadline: deadlines.get(code)! });
  return [
    {
      partner: book.name,
      places: came
        .flatMap(({ code, all }) => all.filter((_, i) => hasOwnClaim(all, i, plannedAt)).map((a) => placeOf(code, a)))
        .sort((a, b) => a.at - b.at),
      waited: came
        .filter(({ all }) => plannedAt(all[0]!) < backAt - PLAN_COMMITS_WITHIN_MS)
        .map(({ code, all }) => placeOf(code, all[0]!)),
      window: book.inFlight * book.itemsPerRequest * (1 + AHEAD_ROUNDS),
    },
  ];
}

/** A lane's own order comes first: what waited behind its predecessor follows it under the same turn. */
function hasOwnClaim(all: readonly Arrival[], i: number, plannedAt: (arrival: Arrival) => number): boolean {
  const before = all[i - 1];
  return before === undefined || plannedAt(all[i]!) > (before.over ?? before.at);
}

const isLateAt = ({ deadline }: Place, at: number): boolean => deadline < at;

/** More lanes with deadlines of their own in each class than its window: else no order of them would be wrong. */
export function tellsOrder({ places, waited, window }: Drain): boolean {
  const [late, saved] = classesOf(waited, places[0]?.at ?? 0);
  return [late, saved].every((some) => new Set(some.map(({ deadline }) => deadline)).size > window);
}

const classesOf = (some: readonly Place[], at: number): [late: Place[], saved: Place[]] => [
  some.filter((place) => isLateAt(place, at)),
  some.filter((place) => !isLateAt(place, at)),
];

/**
 * One inversion: a lane that waits is passed by another of its class (late already, or still to be saved) with a later
 * deadline. What is claimed together leaves in any order, so a lane has at most a window of them.
 */
export const inversionsOf = ({ places }: Drain, lane: Place): number =>
  places.filter(
    (other) =>
      other.at < lane.at && other.deadline > lane.deadline && isLateAt(other, other.at) === isLateAt(lane, other.at),
  ).length;

/** How far the share of those already late was from a fifth, in places, where that was most; while each class has a window of lanes that wait. */
export function worstShare({ places, waited, window }: Drain): { of: number; late: number; off: number } {
  const waiting = classesOf(waited, places[0]?.at ?? 0).map((some) => new Set(some));
  const byTime = new Map(waited.map((lane) => [`${lane.code} ${lane.at}`, lane]));
  let worst = { of: 0, late: 0, off: 0 };
  let late = 0;
  for (const [i, place] of places.entries()) {
    const waitedToo = byTime.get(`${place.code} ${place.at}`);
    for (const some of waiting) if (waitedToo) some.delete(waitedToo);
    if (waiting.some(({ size }) => size < window)) break;
    if (isLateAt(place, place.at)) late++;
    const off = Math.abs(late - (i + 1) / 5);
    if (off > worst.off) worst = { of: i + 1, late, off };
  }
  return worst;
}
