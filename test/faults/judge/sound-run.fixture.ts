import type { Arrival, Evidence, LedgerAttempt, LedgerDelivery, SentEvent } from '../evidence.js';
import { terms } from '../partners/terms.js';

const CASES = ['A', 'B', 'C'];
const EVENTS = 4;
const BEGAN = Date.parse('2026-11-25T10:00:00Z');

const eventId = (code: string, nth: number): string =>
  `${String(CASES.indexOf(code) * 10 + nth).padStart(8, '0')}-0000-5000-8000-000000000000`;

/** A run in which nothing went wrong: three cases of four events, the last two a result and its revocation. */
export function soundRun(): Evidence {
  const sent: SentEvent[] = [];
  const events: Evidence['ledger']['events'] = [];
  for (const [c, code] of CASES.entries())
    for (let nth = 1; nth <= EVENTS; nth++) {
      const at = BEGAN + c * 10 + nth * 1_000;
      const type = ['case.received', 'case.status-changed', 'case.result-issued', 'case.result-revoked'][nth - 1]!;
      const id = eventId(code, nth);
      const hash = `hash of ${code} ${nth}`;
      sent.push({
        ...{ code, nth, type, firstSentAt: at, lastSentAt: at, answeredAt: at + 5 },
        ...{ status: 202, eventId: id, sequence: nth, hash },
      });
      events.push({ stream: String(c + 1), sequence: nth, id, hash, sender: 'mot-cua' });
    }
  const deliveries = terms.flatMap(({ name }) =>
    events.map((event, i): LedgerDelivery => ({
      ...{ agency: name, stream: event.stream, sequence: event.sequence, eventId: event.id },
      ...{
        state: 'acknowledged',
        form: 'delta',
        plannedAt: sent[i]!.firstSentAt + 10,
        endedAt: sent[i]!.firstSentAt + 30,
      },
    })),
  );
  const attempts = deliveries.map(({ agency, stream, sequence, endedAt }, i): LedgerAttempt => ({
    ...{ id: i + 1, agency, stream, sequence, worker: '1', outcome: 'acknowledged', inDoubt: false },
    ...{ contractVersion: '2025-03-01', startedAt: endedAt! - 15, endedAt: endedAt! - 5 },
  }));
  return {
    sent,
    books: terms.map((of) => ({
      ...of,
      questions: [],
      arrivals: sent.map((event, i): Arrival => arrival(event, i + 1)),
    })),
    ledger: {
      events,
      streams: CASES.map((code, i) => ({ stream: String(i + 1), code, last: EVENTS, planned: EVENTS })),
      brokenChains: [],
      deliveries,
      lanes: terms.flatMap(({ name }) =>
        CASES.map((_, i) => ({
          ...{ agency: name, stream: String(i + 1), done: EVENTS, last: EVENTS, deadline: BEGAN },
          ...{ worker: null, wait: null, wakeAt: null },
        })),
      ),
      attempts,
      workers: ['1'],
      contracts: terms.map(({ name }) => ({ agency: name, validFrom: '2025-03-01' })),
      paused: [],
    },
    moments: { struckAt: BEGAN, mendedAt: BEGAN + 2_500, restedAt: BEGAN + 10_000 },
    leaks: [],
  };
}

function arrival({ code, nth, eventId: id, firstSentAt }: SentEvent, request: number): Arrival {
  return {
    ...{ at: firstSentAt + 20, over: firstSentAt + 22, request, key: `${id}.1`, eventId: id!, code, nth },
    ...{ bytes: `bytes of ${code} ${nth}`, effect: 'applied', answer: 200 },
  };
}

/** What came to this partner of this event; the first by default. */
export const arrivalOf = (run: Evidence, partner: string, code: string, nth: number): Arrival =>
  run.books.find(({ name }) => name === partner)!.arrivals.find((a) => a.code === code && a.nth === nth)!;

export const deliveryOf = (run: Evidence, partner: string, code: string, nth: number): LedgerDelivery =>
  run.ledger.deliveries.find((d) => d.agency === partner && d.eventId === eventId(code, nth))!;

/** The same item comes again so much later, with these words instead. */
export function comesAgain(
  run: Evidence,
  partner: string,
  [code, nth]: [string, number],
  afterMs: number,
  more: Partial<Arrival> = {},
): Arrival {
  const first = arrivalOf(run, partner, code, nth);
  const again = { ...first, at: first.at + afterMs, over: first.at + afterMs + 2, request: 1_000 + nth, ...more };
  run.books.find(({ name }) => name === partner)!.arrivals.push(again);
  return again;
}
