import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from '../fresh.mjs';
import { drain, newPrefix } from './drain.mjs';
import { openHub } from './hub.mjs';
import { delivering, settleStores } from './subjects.mjs';
import { now } from './workload.mjs';

export const names = ['retries'];
const RETRIES = 5_000;
/** The partner takes one request in twenty meanwhile: busy with some cases, not down. */
const EVERY = 20;
const CASES = Math.ceil((RETRIES * EVERY) / (EVERY - 1));
const DUE_AFTER_S = 60;

/** 5,000 deliveries that a partner put off with one and the same Retry-After date: from that moment until all are there. */
export async function run({ note }) {
  const prefix = newPrefix();
  const due = new Date(Math.ceil(now() / 1_000) * 1_000 + DUE_AFTER_S * 1_000);
  const seen = {};
  const result = await drain({
    cases: CASES,
    events: 1,
    receivers: 1,
    prefix,
    nothingForMs: DUE_AFTER_S * 1_000 + 20_000,
    begin: async (partners) => {
      await partners.rule(1, { mode: 'later', every: EVERY, until: due.toUTCString() });
      const only = (n) => (n === 1 ? { breaker: { opensAfter: 1_000 } } : { receives: [] });
      const hub = await openHub(partners.urls, only);
      await hub.enterAll(CASES, prefix, 1);
      await settleStores(hub);
      return delivering(hub);
    },
    async during({ partners, progress }) {
      const [one] = progress.partners;
      if (seen.waiting !== undefined || now() < due.getTime() - 1_000) return;
      seen.waiting = one.refused;
      await sleep(due.getTime() - 20 - now());
      await partners.rule(1, { mode: 'ok' });
    },
  });
  const { lost, last } = result.verdict.partners[1];
  const seconds = (last - due.getTime()) / 1_000;
  note('retries', { seconds, waiting: seen.waiting, lost });
  const all = lost === 0 && seen.waiting >= RETRIES;
  const name = `${seen.waiting} retries due at once`;
  return { figures: [figure(name, seconds, 's', {}, '< 3', all && seconds < 3)] };
}
