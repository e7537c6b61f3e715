/** The seeds' figures from replayed events, on a database of its own: entered by the ledger's entry, counted by SQL. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Database, migrate, verifyChains } from '#ledger';
import { plannedFor } from './planned.js';
import { published } from './published.js';
import { enterSeeds, measure } from './replay.js';
import { reproduce, type Reproduced } from './figures.js';

const { values } = parseArgs({ options: { json: { type: 'string' }, cases: { type: 'string' } } });
const whole = published('Uông Bí, city centre: cases received');
const cases = values.cases === undefined ? whole : Number(values.cases);
if (!Number.isInteger(cases) || cases < 300 || cases > whole) {
  process.stderr.write(`--cases: 300 … ${whole}\n`);
  process.exit(2);
}

const server = new URL(process.env.DATABASE_URL!);
const name = `lienthong_figures_${randomUUID().replaceAll('-', '')}`;
const admin = async (sql: string): Promise<void> => {
  const client = new pg.Client(server.href);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
await admin(`create database ${name}`);
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const log = { info: () => {}, warn: (_: object, m: string) => say(m), error: (_: object, m: string) => say(m) };
let rows: Reproduced[];
try {
  await migrate(url);
  const db = new Database(url, 'figures', log, 5);
  try {
    const began = performance.now();
    let told = 0;
    const events = await enterSeeds(db, plannedFor(cases), (what, entered) => {
      if (entered - told < 25_000 && entered > told) return;
      told = entered;
      say(`  ${what}: ${entered.toLocaleString('en')} sự kiện · events`);
    });
    const entered = performance.now();
    await db.pool.query('analyze');
    const measured = await measure(db);
    const counted = performance.now();
    const { broken } = await verifyChains(db.pool);
    if (broken > 0) throw new Error(`${broken} chains are broken`);
    say(`  ${events.toLocaleString('en')} sự kiện, ghi ${seconds(entered - began)}, đếm ${seconds(counted - entered)} · events, entered, counted`); // prettier-ignore
    rows = reproduce(measured, cases === whole ? undefined : `[mẫu ${cases} hồ sơ · sample of ${cases} cases]`);
  } finally {
    await db.close();
  }
} finally {
  await admin(`drop database if exists ${name} with (force)`);
}
for (const row of rows) say(`${mark(row)} ${row.place}, ${row.period}: ${row.figure}  ${row.published} → ${row.reproduced ?? '–'}`); // prettier-ignore
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
else process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
process.exit(cases < whole || rows.every((row) => mark(row) !== '✗') ? 0 : 1);

function mark({ reproduced, published: told }: Reproduced): string {
  if (reproduced === null) return '–';
  // Of a sample nothing but shares and lists can be as published.
  return reproduced === told ? '✓' : cases < whole ? '≈' : '✗';
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
