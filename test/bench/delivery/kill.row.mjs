import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from '../fresh.mjs';
import { runHub, runPeer } from './subjects.mjs';
import { now } from './workload.mjs';

export const names = ['kill'];
const KILL_AT = 0.4;
const RESTART_AFTER_MS = 1_000;

/** A local partner's time-out, and one as long as the peers' of this bench. */
const limits = (timeout) => () => ({ limits: { inFlight: 32, timeout, settle: '1s' } });

/**
 * kill -9 of the delivering process in the middle of a drain; the successor has the same name. The longest gap isn't the one
 * before its first delivery: what the dead process held is in doubt until no copy can be out any more (the contract's time-out
 * and settle), and by then all else is delivered. So the gap is as long as the contract says.
 */
export async function run({ cases, note }) {
  const hub = await killed((given) => runHub({ cases, contract: limits('2s'), ...given }));
  const patient = await killed((given) => runHub({ cases, contract: limits('10s'), ...given }));
  const raw = await killed((given) => runPeer('raw-ledger', { cases, ...given }));
  note('kill: hub', hub);
  note('kill: hub, time-out 10 s', patient);
  note('kill: raw-ledger', raw);
  const [v, r] = [hub.verdict, raw.verdict];
  const wrong = v.lost + v.outOfOrder + patient.verdict.lost + patient.verdict.outOfOrder;
  const figures = [
    figure(
      'kill -9 → the successor’s first delivery',
      v.resumedSeconds,
      's',
      { 'raw-ledger': r.resumedSeconds },
      '–',
      true,
    ),
    figure(
      'stall after kill -9 and a restart, time-out 2 s',
      v.stallSeconds,
      's',
      { 'raw-ledger': r.stallSeconds },
      '≤ 5',
      v.stallSeconds <= 5,
    ),
    figure('the same, time-out 10 s', patient.verdict.stallSeconds, 's', {}, '–', true),
    figure('lost, out of order after both', wrong, 'deliveries', {}, '0', wrong === 0),
    figure('sent twice after it', v.doubled, 'deliveries', { 'raw-ledger': r.doubled }, '–', true),
  ];
  return { figures };
}

function killed(runWith) {
  let killAt;
  let restartAt;
  return runWith({
    expected: () => ({ killAt, restartAt }),
    during: async ({ share, subject }) => {
      if (killAt !== undefined || share < KILL_AT) return;
      await subject.kill();
      killAt = now();
      await sleep(RESTART_AFTER_MS);
      restartAt = now();
      subject.start();
    },
  });
}
