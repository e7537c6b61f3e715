import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from '../fresh.mjs';
import { runHub, runPeer } from './subjects.mjs';
import { now } from './workload.mjs';

export const names = ['kill'];
const KILL_AT = 0.4;
const RESTART_AFTER_MS = 1_000;

/**
 * kill -9 of the delivering process in the middle of a drain; the successor has the same name. The longest gap isn't the one
 * before its first delivery: what the dead process held is in doubt until no copy can be out any more (time-out 10 s and
 * settle 1 s here), and by then all else is delivered.
 */
export async function run({ cases, note }) {
  const hub = await killed((given) => runHub({ cases, ...given }));
  const raw = await killed((given) => runPeer('raw-ledger', { cases, ...given }));
  note('kill: hub', hub);
  note('kill: raw-ledger', raw);
  const [v, r] = [hub.verdict, raw.verdict];
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
      'stall after kill -9 and a restart',
      v.stallSeconds,
      's',
      { 'raw-ledger': r.stallSeconds },
      '≤ 5',
      v.stallSeconds <= 5,
    ),
    figure('lost, out of order after it', v.lost + v.outOfOrder, 'deliveries', {}, '0', v.lost + v.outOfOrder === 0),
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
