/**
 * The delivery engine beside hand-written and customary ways to do the same: rates, cost, a partner down, delay, retries, a
 * kill, a million waiting. BENCH_ONLY=hub,raw-ledger,… names rows, BENCH_ROUNDS and BENCH_CASES size them.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import * as batch from './delivery/batch.row.mjs';
import * as kill from './delivery/kill.row.mjs';
import * as latency from './delivery/latency.row.mjs';
import * as outage from './delivery/outage.row.mjs';
import * as retries from './delivery/retries.row.mjs';
import * as speed from './delivery/speed.row.mjs';
import * as supersede from './delivery/supersede.row.mjs';
import * as waiting from './delivery/waiting.row.mjs';

const rows = [speed, batch, outage, supersede, latency, retries, kill, waiting];

export default async function deliveryBench({ folder, say }) {
  const only = (process.env.BENCH_ONLY ?? '').split(',').filter(Boolean);
  const known = rows.flatMap(({ names }) => names);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const given = {
    cases: Number(process.env.BENCH_CASES ?? 5_000),
    rounds: Number(process.env.BENCH_ROUNDS ?? 3),
    wanted: (name) => only.length === 0 || only.includes(name),
    /** Each run as it went, beside the figures. */
    note(name, { verdict, ...run }) {
      const { lost, doubled, outOfOrder, seconds, refused } = verdict ?? {};
      const line = JSON.stringify({
        name,
        at: new Date().toISOString(),
        ...run,
        seconds,
        lost,
        doubled,
        outOfOrder,
        refused,
      });
      say(line);
      appendFileSync(join(folder, 'runs.jsonl'), `${line}\n`);
    },
  };
  const figures = [];
  let measured = {};
  for (const row of rows) {
    if (!row.names.some(given.wanted)) continue;
    const { figures: found, ...more } = await row.run({ ...given, measured });
    figures.push(...found);
    measured = { ...measured, ...more };
  }
  return figures;
}
