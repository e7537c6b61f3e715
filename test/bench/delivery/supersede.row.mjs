import { figure } from '../fresh.mjs';
import { drain, newPrefix } from './drain.mjs';
import { openHub } from './hub.mjs';
import { delivering, settleStores } from './subjects.mjs';
import { EVENTS } from './workload.mjs';

export const names = ['supersede'];
const CASES = 2_000;
const DOWN = 3;
const QUIET_LOOKS = 50;

/** A partner that takes whole states is down while four of each case come: back again, it needs only the newest of each. */
export async function run({ note }) {
  const prefix = newPrefix();
  const seen = { quiet: 0 };
  const result = await drain({
    cases: CASES,
    prefix,
    begin: async (partners) => {
      await partners.rule(DOWN, { mode: 'down' });
      const states = { fullStates: ['case.received', 'case.status-changed'] };
      const hub = await openHub(partners.urls, (n) => (n === DOWN ? states : {}));
      await hub.enterAll(CASES, prefix);
      await settleStores(hub);
      return delivering(hub);
    },
    async during({ partners, progress }) {
      const one = progress.partners[DOWN - 1];
      const others = progress.partners.filter((_, i) => i !== DOWN - 1);
      if (!seen.up && others.every(({ distinct }) => distinct === CASES * EVENTS)) {
        await partners.rule(DOWN, { mode: 'ok' });
        Object.assign(seen, { up: true, before: one.requests });
      }
      seen.quiet = seen.up && one.distinct > 0 && one.distinct === seen.distinct ? seen.quiet + 1 : 0;
      seen.distinct = one.distinct;
      seen.requests = one.requests;
      return seen.quiet >= QUIET_LOOKS ? 'done' : undefined;
    },
  });
  note('supersede', result);
  const { standing, doubled, outOfOrder } = result.verdict.partners[DOWN];
  const each = (seen.requests - seen.before) / CASES;
  const behind = CASES - standing;
  return {
    figures: [
      figure('requests a lane after the outage, full states', each, 'requests', { 'without supersession': EVENTS }, '≤ 1', each <= 1 && behind === 0), // prettier-ignore
      figure('lanes not on the newest state, doubled, out of order', behind + doubled + outOfOrder, 'lanes', {}, '0', behind + doubled + outOfOrder === 0), // prettier-ignore
    ],
  };
}
