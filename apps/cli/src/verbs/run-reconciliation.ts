import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { askProcess } from '../ask-process.js';
import { reconciliationUrl } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { textOf, Trouble, type Terminal, type Verb } from '../verb.js';

interface Found {
  id: string;
  lost: number;
  outOfOrder: number;
  doubled: number;
  doubted: number;
  brokenChains: number;
}
interface UnderWay {
  unpublished: number;
  unplanned: number;
  waiting: number;
  parked: number;
}

const LOOK_MS = 500;

export const runReconciliation: Verb = {
  words: 'reconcile run',
  usage: '[--wait] [--wait-seconds N] [--json FILE] [--out FILE]',
  vi: 'Đối soát sổ của các cơ quan với sổ cái và in bảng. --wait: chờ đến khi không còn gì đang chuyển.',
  en: 'Counts the partners’ books against the ledger. --wait: not before nothing moves any more.',
  options: {
    wait: { type: 'boolean' },
    'wait-seconds': { type: 'string', default: '600' },
    json: { type: 'string' },
    out: { type: 'string' },
  },
  async run(given, terminal) {
    const at = reconciliationUrl(terminal.env);
    if (given.options.wait === true) await untilAtRest(at, Number(textOf(given, 'wait-seconds')), terminal);
    const { id, ...found } = await askProcess<Found>(`${at}/v1/runs`, {
      method: 'POST',
      body: '{}',
      patienceMs: 30 * 60_000,
    });
    const table = await askProcess<string>(`${at}/v1/runs/${id}/table`);
    const [json, out] = [textOf(given, 'json'), textOf(given, 'out')];
    if (json !== undefined) await writeFile(json, `${JSON.stringify(found, null, 2)}\n`);
    if (out !== undefined) await writeFile(out, table);
    else terminal.stdout.write(table);
    return isInOrder(found) ? 0 : 1;
  },
};

/** A second effect is the price of doubt where a partner has neither key nor look-up; without a recorded doubt it is a fault. */
const isInOrder = ({ lost, outOfOrder, doubled, doubted, brokenChains }: Omit<Found, 'id'>): boolean =>
  lost === 0 && outOfOrder === 0 && doubled <= doubted && brokenChains === 0;

async function untilAtRest(at: string, seconds: number, { stderr }: Terminal): Promise<void> {
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new Trouble('--wait-seconds cần một số dương', '--wait-seconds needs a positive number');
  const bar = new ProgressBar(stderr);
  const deadline = performance.now() + seconds * 1000;
  try {
    for (;;) {
      const { unpublished, unplanned, waiting } = await askProcess<UnderWay>(`${at}/v1/under-way`);
      if (unpublished + unplanned + waiting === 0) return;
      bar.show(undefined, `Chờ: ${unpublished + unplanned} chưa lập, ${waiting} đang chuyển · waiting`);
      if (performance.now() >= deadline)
        throw new Trouble(
          `Sau ${seconds} giây vẫn còn ${unpublished + unplanned} chưa lập, ${waiting} đang chuyển`,
          `still moving after ${seconds} s`,
        );
      await wait(LOOK_MS);
    }
  } finally {
    bar.end();
  }
}
