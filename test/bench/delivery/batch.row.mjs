import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { figure, fresh } from '../fresh.mjs';
import { median } from './drain.mjs';
import { runHub } from './subjects.mjs';
import { whole } from './speed.row.mjs';

export const names = ['batch'];
const ITEMS = 20;

/** A partner that takes arrays and answers a row an item, matched by the item's own id. */
const takesArrays = () => ({
  limits: { inFlight: 32, timeout: '10s', settle: '1s', itemsPerRequest: ITEMS },
  settings: { rowsAt: 'rows', rowKey: 'key', itemKey: 'eventId' },
});

export async function run({ cases, rounds, note }) {
  const [batches, ones, lanes] = [[], [], []];
  for (let round = 1; round <= rounds; round++) {
    ones.push(await runHub({ cases }));
    batches.push(await runHub({ cases, contract: takesArrays }));
    lanes.push(await lane(cases));
    note('hub', ones.at(-1));
    note('batch', batches.at(-1));
    note('lane', { rate: lanes.at(-1) });
  }
  const rate = median(batches.map((r) => r.rate));
  const references = { 'one item a request': median(ones.map((r) => r.rate)), 'lane, no HTTP': median(lanes) };
  const met = rate >= 1.8 * references['one item a request'] || rate >= 0.6 * references['lane, no HTTP'];
  const cpu = median(batches.map((r) => r.cpuPer1000)) * 1_000;
  const cpuOne = { 'one item a request': median(ones.map((r) => r.cpuPer1000)) * 1_000 };
  const figures = [
    figure(`${ITEMS} items a request`, rate, 'deliveries/s', references, '≥ 1.8 × one item, or ≥ 0.6 × lane', met),
    figure(`CPU per 1,000 deliveries, ${ITEMS} items a request`, cpu, 'ms', cpuOne, '–', true),
    whole(`${ITEMS} items a request`, batches),
  ];
  return { figures };
}

/** What a durable record of plan and outcome alone costs in PostgreSQL, a second. */
async function lane(cases) {
  const place = await fresh();
  const script = fileURLToPath(new URL('./peers/lane.process.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, String(cases)], {
    env: { ...process.env, DATABASE_URL: place.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  await new Promise((resolve) => child.once('close', resolve));
  await place.end();
  return JSON.parse(said).perSecond;
}
