import { setTimeout as sleep } from 'node:timers/promises';
import { figure, percentile, round } from '../fresh.mjs';
import { drain, newPrefix } from './drain.mjs';
import { openHub } from './hub.mjs';
import { pace } from './pace.mjs';
import { delivering, runHubWithEntry } from './subjects.mjs';
import { EVENTS, eventsOf, now } from './workload.mjs';

export const names = ['outage'];
const LOAD = 0.6;
const DOWN = 3;
const HEALTHY = [1, 2, 4];
const [DOWN_AFTER_S, DOWN_FOR_S, LOAD_FOR_S] = [5, 30, 55];
/** The one that goes down may take this much more than comes in, so that its backlog can be made up. */
const ROOM = 2;

/** One of four partners answers 503 for 30 s, at 60 % of the measured capacity, against the same load without that. */
export async function run({ note, measured }) {
  const capacity = measured.rate?.['hub-entry'] ?? (await runHubWithEntry({ cases: 2_000 })).rate;
  const perPartner = (capacity * LOAD) / 4;
  const healthy = await loaded(perPartner, false);
  const faulty = await loaded(perPartner, true);
  note('outage: without', healthy);
  note('outage: with', faulty);
  const [rate, before] = [faulty.healthyRate, healthy.healthyRate];
  const [p99, p99Before] = [faulty.p99, healthy.p99];
  const load = `${round(perPartner, 0)}/s each`;
  const { lost, doubled, outOfOrder } = faulty.verdict;
  const wrong = lost + doubled + outOfOrder;
  const noFault = (value) => ({ 'without the fault': value });
  const figures = [
    figure(
      `healthy partners, one of four down, ${load}`,
      rate,
      'deliveries/s',
      noFault(before),
      '≥ 0.95 ×',
      rate >= 0.95 * before,
    ),
    figure(
      'their p99',
      p99,
      'ms',
      noFault(p99Before),
      '≤ 1.5 × or + 5 ms',
      p99 <= Math.max(1.5 * p99Before, p99Before + 5),
    ),
    figure(
      'requests to the one that is down',
      faulty.requestsWhileDown,
      'requests',
      {},
      '≤ 100',
      faulty.requestsWhileDown <= 100,
    ),
    figure('up again → its first delivery', faulty.firstAfterS, 's', {}, '–', true),
    figure(
      'its backlog, share of its allowed rate',
      faulty.backlogShare * 100,
      '%',
      {},
      '≥ 90',
      faulty.backlogShare >= 0.9,
    ),
    figure('lost, doubled, out of order in it', wrong, 'deliveries', {}, '0', wrong === 0),
  ];
  return { figures };
}

async function loaded(perPartner, fails) {
  const cases = Math.ceil((perPartner * LOAD_FOR_S) / EVENTS);
  const prefix = newPrefix();
  const allowed = perPartner * ROOM;
  const limits = { inFlight: 32, timeout: '10s', settle: '1s' };
  const seen = {};
  let startedAt;
  const window = () => [startedAt + DOWN_AFTER_S * 1_000, startedAt + (DOWN_AFTER_S + DOWN_FOR_S) * 1_000];
  const result = await drain({
    cases,
    prefix,
    expected: () => ({ latencyFrom: window()[0], latencyTo: window()[1] }),
    begin: async ({ urls }) => {
      const hub = await openHub(urls, (n) => (n === DOWN ? { limits: { ...limits, perSecond: allowed } } : {}));
      const subject = delivering(hub);
      await subject.ready;
      await sleep(2_000);
      startedAt = now();
      pace([...eventsOf(cases)], perPartner, (events) => hub.enter(events, prefix)).catch((e) => console.error(e));
      return subject;
    },
    async during({ partners, progress }) {
      const [from, to] = window();
      const one = progress.partners[DOWN - 1];
      if (fails && !seen.downAt && now() >= from) {
        await partners.rule(DOWN, { mode: 'down' });
        Object.assign(seen, { downAt: now(), requestsBefore: one.requests });
      }
      if (seen.downAt && !seen.upAt && now() >= to) {
        Object.assign(seen, {
          upAt: (await partners.rule(DOWN, { mode: 'ok' })).at,
          requests: one.requests,
          had: one.distinct,
        });
      }
      if (seen.upAt && !seen.firstAt && one.distinct > seen.had) seen.firstAt = one.last;
      const others = HEALTHY.map((n) => progress.partners[n - 1].distinct);
      // Caught up within the allowance of a fifth of a second.
      if (seen.firstAt && !seen.caughtUpAt && one.distinct >= Math.min(...others) - perPartner / 5)
        seen.caughtUpAt = now();
      if (!seen.rates && now() >= to) {
        const counts = await Promise.all(HEALTHY.map((n) => partners.between(n, from, to)));
        seen.rates = counts.reduce((a, b) => a + b) / DOWN_FOR_S;
      }
      if (seen.caughtUpAt && seen.drained === undefined)
        seen.drained = await partners.between(DOWN, seen.firstAt, seen.caughtUpAt);
    },
  });
  const { partners } = result.verdict;
  return {
    ...result,
    healthyRate: seen.rates,
    p99: percentile(HEALTHY.flatMap((n) => partners[n].latencies), 99), // prettier-ignore
    requestsWhileDown: seen.requests - seen.requestsBefore,
    firstAfterS: (seen.firstAt - seen.upAt) / 1_000,
    backlogShare: seen.drained / (((seen.caughtUpAt - seen.firstAt) / 1_000) * allowed),
  };
}
