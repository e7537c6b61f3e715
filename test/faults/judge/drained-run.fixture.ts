import type { Evidence, SentEvent } from '../evidence.js';
import { soundRun } from './sound-run.fixture.js';

const CASES = 400;
const HOUR_MS = 3_600_000;

export interface Waiting {
  code: string;
  deadline: number;
}

/** In which order they leave, given each class by deadline. */
export type Order = (late: Waiting[], saved: Waiting[]) => Waiting[];

/** One of those already late, then four of the others; what a class leaves is the other's. */
export const oneInFive: Order = (late, saved) => {
  const left = { late: [...late], saved: [...saved] };
  const order: Waiting[] = [];
  while (left.late.length + left.saved.length > 0) order.push(...left.late.splice(0, 1), ...left.saved.splice(0, 4));
  return order;
};

/** A sound run, and beside it cases of one event that waited for a partner that was down: two in five were late by then. */
export function drainedRun(run: Evidence = soundRun(), order: Order = oneInFive): Evidence {
  const { ledger, books, sent, moments } = run;
  const downAt = moments.restedAt!;
  const backAt = downAt + 5_000;
  const waiting = Array.from({ length: CASES }, (_, i): Waiting => {
    const late = i % 5 < 2;
    return { code: `D${i}`, deadline: backAt + (late ? -1 : 1) * ((i * 7) % CASES) * HOUR_MS + (late ? -1 : 1) };
  });
  const byDeadline = waiting.toSorted((a, b) => a.deadline - b.deadline);
  const [late, saved] = [byDeadline.filter((w) => w.deadline < backAt), byDeadline.filter((w) => w.deadline > backAt)];
  const place = new Map(order(late, saved).map(({ code }, i) => [code, i]));
  for (const [i, { code, deadline }] of waiting.entries()) {
    const stream = String(1_000 + i);
    const id = `${String(1_000 + i).padStart(8, '0')}-0000-5000-8000-000000000000`;
    const event: SentEvent = {
      ...{ code, nth: 1, type: 'case.received', firstSentAt: downAt, lastSentAt: downAt, answeredAt: downAt + 5 },
      ...{ status: 202, eventId: id, sequence: 1, hash: `hash of ${code}` },
    };
    sent.push(event);
    ledger.events.push({ stream, sequence: 1, id, hash: event.hash!, sender: 'mot-cua' });
    ledger.streams.push({ stream, code, last: 1, planned: 1 });
    for (const { name, arrivals } of books) {
      const at = name === 'thue' ? backAt + place.get(code)! * 10 : downAt + 20;
      const item = { key: `${id}.1`, eventId: id, code, nth: 1, bytes: `bytes of ${code}`, request: 10_000 + i };
      if (name === 'thue' && i === 0)
        arrivals.push({ ...item, request: 9_999, at: downAt + 10, over: downAt + 12, effect: 'none', answer: 503 });
      arrivals.push({ ...item, at, over: at + (name === 'thue' ? 5 : 0), effect: 'applied', answer: 200 });
      const of = { agency: name, stream };
      const ended = { ...of, sequence: 1, eventId: id, form: 'full', plannedAt: downAt, endedAt: at + 8 };
      ledger.deliveries.push({ ...ended, state: 'acknowledged' });
      ledger.lanes.push({ ...of, done: 1, last: 1, deadline, worker: null, wait: null, wakeAt: null });
    }
  }
  Object.assign(moments, { struckAt: downAt, mendedAt: backAt, restedAt: backAt + CASES * 10 + 1_000 });
  return run;
}
