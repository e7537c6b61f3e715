import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { askProcess } from '../ask-process.js';
import { compareAgency } from '../operate/compare-agency.js';
import { authorOf, ledgerSettings, reconciliationUrl } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { textOf, Trouble, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

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
  usage:
    '[--agency AGENCY [--day D] [--by WAY] [--file F [--sure]]] [--wait] [--wait-seconds N] [--json FILE] [--out FILE]',
  vi: 'Đối soát sổ của các cơ quan với sổ cái và in bảng. --wait: chờ đến khi không còn gì đang chuyển. --agency: so từng dòng hồ sơ với một cơ quan, theo cách mà hợp đồng ghi; --file: bảng tính do người đưa vào; --sure: tệp đúng, dù không giống sổ của ta hoặc trông cũ.',
  en: 'Counts the partners’ books against the ledger. --wait: not before nothing moves any more. --agency: compares line by line with one agency, by its contract’s way; --file: a spreadsheet that a person brings; --sure: it is right, however unlike ours or old it looks.',
  options: {
    wait: { type: 'boolean' },
    'wait-seconds': { type: 'string', default: '600' },
    json: { type: 'string' },
    out: { type: 'string' },
    agency: { type: 'string' },
    day: { type: 'string' },
    by: { type: 'string' },
    file: { type: 'string' },
    sure: { type: 'boolean' },
  },
  async run(given, terminal) {
    if (textOf(given, 'agency') !== undefined)
      return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, (db) =>
        compareAgency(db, given, terminal, authorOf(terminal.env)),
      );
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
