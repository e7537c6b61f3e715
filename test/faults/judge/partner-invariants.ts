import type { Arrival, Book } from '../evidence.js';
import { placeOf, type CrossRead } from './cross-read.js';

/** A caller that ended an exchange may begin the next before its partner has noticed. */
const NOTICED_WITHIN_MS = 60;

/** 5. Acknowledged ⇒ the partner holds it. */
export function acknowledgedIsHeld({ evidence: { ledger }, effects }: CrossRead): string[] {
  return ledger.deliveries
    .filter((d) => d.state === 'acknowledged' && !effects.get(d.agency as Book['name'])?.has(d.eventId))
    .map((d) => `${d.agency} stream ${d.stream} ${d.sequence}: acknowledged, and not in the partner's book`);
}

/** First effects of a lane that came after a later one's: each is one inversion. */
export function inversions(read: CrossRead): string[] {
  return eachCase(read, (book, code, arrivals) => {
    const seen = new Set<string>();
    let highest = 0;
    return arrivals.flatMap((arrival) => {
      if (arrival.effect !== 'applied' || seen.has(arrival.key)) return [];
      seen.add(arrival.key);
      const place = placeOf(read, arrival);
      if (place < highest) return [`${book.name} ${code}: ${place} took effect after ${highest}`];
      highest = place;
      return [];
    });
  });
}

/** 6. No inversion in any lane, and at rest each partner stands on the newest acknowledged one. */
export function eachPartnerStandsOnTheNewest(read: CrossRead): string[] {
  const { ledger } = read.evidence;
  const codes = new Map(ledger.streams.map(({ stream, code }) => [stream, code]));
  const newest = new Map<string, number>();
  for (const { agency, stream, sequence, state } of ledger.deliveries) {
    const lane = `${agency} ${codes.get(stream)}`;
    if (state === 'acknowledged') newest.set(lane, Math.max(sequence, newest.get(lane) ?? 0));
  }
  const behind = eachCase(read, (book, code, arrivals) => {
    const last = arrivals.findLast(({ effect }) => effect === 'applied');
    const want = newest.get(`${book.name} ${code}`) ?? 0;
    const stands = last ? placeOf(read, last) : 0;
    return stands >= want ? [] : [`${book.name} ${code}: stands on ${stands}, ${want} is acknowledged`];
  });
  return [...inversions(read), ...behind];
}

/** 7. Same key ⇒ same item bytes. */
export function sameKeySameBytes({ evidence: { books } }: CrossRead): string[] {
  return books.flatMap((book) => {
    const first = new Map<string, string>();
    return book.arrivals.flatMap(({ key, bytes }) => {
      const before = first.get(key);
      if (before === undefined) first.set(key, bytes);
      return before === undefined || before === bytes ? [] : [`${book.name} ${key}: other bytes`];
    });
  });
}

/**
 * 8. At most one request of a lane under way, until it is answered or no longer out. A request is out for its time-out from
 * the claim, and then for the settle time, which covers here what lies between the claim and the arrival.
 */
export function atMostOneUnderWay(read: CrossRead): string[] {
  return eachCase(read, (book, code, arrivals) =>
    arrivals.flatMap((later, i) => {
      const earlier = arrivals.slice(0, i).find((one) => isStillOut(one, later, book));
      return earlier
        ? [
            `${book.name} ${code}: ${placeOf(read, later)} came ${Math.round(later.at - earlier.at)} ms after ${placeOf(read, earlier)}, which was under way`,
          ]
        : [];
    }),
  );
}

function isStillOut(earlier: Arrival, later: Arrival, { timeoutMs }: Book): boolean {
  const over = earlier.over ?? Infinity;
  return earlier.request !== later.request && later.at + NOTICED_WITHIN_MS < Math.min(over, earlier.at + timeoutMs);
}

/** 9. n+1 leaves after n's outcome committed: not before the transaction began that acknowledged the one before it. */
export function nextLeavesAfterTheOutcome(read: CrossRead): string[] {
  const { streams, deliveries } = read.evidence.ledger;
  const codes = new Map(streams.map(({ stream, code }) => [stream, code]));
  const acknowledged = new Map(
    deliveries.flatMap(({ agency, stream, sequence, endedAt }) =>
      endedAt === null ? [] : [[`${agency} ${codes.get(stream)} ${sequence}`, endedAt] as const],
    ),
  );
  return eachCase(read, (book, code, arrivals) => {
    const seen = new Set<string>();
    return arrivals.flatMap((arrival) => {
      if (seen.has(arrival.key)) return [];
      seen.add(arrival.key);
      const place = placeOf(read, arrival);
      const ended = acknowledged.get(`${book.name} ${code} ${place - 1}`);
      return ended === undefined || arrival.at >= ended - 1
        ? []
        : [
            `${book.name} ${code}: ${place} came ${Math.round(ended - arrival.at)} ms before ${place - 1} was acknowledged`,
          ];
    });
  });
}

/** 11. In doubt and a look-up exists ⇒ asked before resent. Only a clear "not now" or "no" leaves nothing in doubt. */
export function askedBeforeResent({ evidence: { books } }: CrossRead): string[] {
  return books
    .filter(({ hasLookUp }) => hasLookUp)
    .flatMap((book) => {
      const questions = Map.groupBy(book.questions, ({ key }) => key);
      return [...Map.groupBy(book.arrivals, ({ key }) => key)].flatMap(([key, all]) =>
        all.slice(1).flatMap((again, i) => {
          const before = all[i]!;
          if (before.answer === 503 || before.answer === 422) return [];
          const asked = (questions.get(key) ?? []).some(({ at }) => at >= before.at && at <= again.at);
          return asked ? [] : [`${book.name} ${key}: sent again without asking`];
        }),
      );
    });
}

/**
 * 13. A parked lane sends nothing: after a refusal nothing of that case comes until somebody retries it. A revocation is
 * held back by nothing.
 */
export function aParkedLaneSendsNothing(read: CrossRead): string[] {
  const { retriedAt = Infinity } = read.evidence.moments;
  return eachCase(read, (book, code, arrivals) => {
    const refused = arrivals.find(({ effect }) => effect === 'refused');
    return arrivals
      .filter((a) => refused && a.request !== refused.request && a.at > refused.at && a.at < retriedAt)
      .filter(({ eventId }) => read.entered.get(eventId)?.type !== 'case.result-revoked')
      .map((a) => `${book.name} ${code}: ${placeOf(read, a)} came although the lane is parked`);
  });
}

/** 14. Agency-wide limits hold over all instances: requests under way at once, and one probe at a time while it is down. */
export function limitsHold({ evidence: { books } }: CrossRead): string[] {
  return books.flatMap((book) => [...tooManyAtOnce(book), ...tooManyProbes(book)]);
}

/** All instances have heard of an open breaker by then; the shortest wait between its probes is half of 500 ms. */
const HEARD_BY_MS = 3_000;
const BETWEEN_PROBES_MS = 200;

/** What a partner that says 503 to everything still gets to hear, once its breaker is open. */
function tooManyProbes({ name, arrivals, questions }: Book): string[] {
  const refusals = [...arrivals, ...questions].filter(({ answer }) => answer === 503).map(({ at }) => at);
  const times = [...new Set(refusals)].sort((a, b) => a - b);
  const close = times.filter((at, i) => at > times[0]! + HEARD_BY_MS && at - times[i - 1]! < BETWEEN_PROBES_MS);
  return close.length > 0 ? [`${name}: ${close.length} requests on each other's heels while it is down`] : [];
}

function tooManyAtOnce(book: Book): string[] {
  const requests = [...Map.groupBy(book.arrivals, ({ request }) => request).values()].map((items) => items[0]!);
  const steps = requests
    .flatMap(({ at, over }) => [
      { at: at + NOTICED_WITHIN_MS, by: 1 },
      { at: Math.max(at + NOTICED_WITHIN_MS, over ?? Infinity), by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let under = 0;
  let most = 0;
  for (const { by } of steps) most = Math.max(most, (under += by));
  return most > book.inFlight ? [`${book.name}: ${most} requests at once, allowed are ${book.inFlight}`] : [];
}

/** 19. No reachable partner keeps a revoked result. */
export function noneKeepsARevokedResult(read: CrossRead): string[] {
  const revoked = read.evidence.sent.filter(({ type, eventId }) => type === 'case.result-revoked' && eventId !== null);
  return read.evidence.books.flatMap(({ name }) =>
    revoked.flatMap(({ code, eventId }) => {
      const result = read.evidence.sent.find((s) => s.code === code && s.type === 'case.result-issued');
      const parked = read.delivery(name, eventId!)?.state === 'parked';
      const keeps = read.effects.get(name)!.has(result?.eventId ?? '') && !read.effects.get(name)!.has(eventId!);
      return keeps && !parked ? [`${name} ${code}: the result is held, its revocation is not`] : [];
    }),
  );
}

function eachCase(read: CrossRead, check: (book: Book, code: string, arrivals: Arrival[]) => string[]): string[] {
  return read.evidence.books.flatMap((book) =>
    [...read.byCase.get(book.name)!].flatMap(([code, arrivals]) => check(book, code, arrivals)),
  );
}
