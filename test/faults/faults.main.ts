import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { everyFault } from './every-fault.js';
import type { Fault, WorldKind } from './fault.js';
import type { Row } from './judge/judge.js';
import { unchecked } from './judge/invariants.js';
import { noFault, runFault, type Connect, type Size } from './run-fault.js';
import { clearLeftovers } from './services/clear-leftovers.js';
import { startPostgresPair, type PostgresPair } from './services/postgres-pair.js';
import { startServices } from './services/service-set.js';
import { startThreeBrokers, type ThreeBrokers } from './services/three-brokers.js';
import { replaceTable, tableOf } from './table.js';

const GUARANTEES = 'docs/guarantees.md';
const FINDINGS_SHOWN = 5;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    events: { type: 'string' },
    rate: { type: 'string' },
  },
});
const { folder = '.lienthong/faults', quick } = values;
const size: Size = {
  events: Number(values.events ?? (quick ? 500 : 5_200)),
  perSecond: Number(values.rate ?? (quick ? 120 : 130)),
  quick,
  restWithinMs: quick ? 40_000 : 120_000,
};
const names = values.only?.split(',');
const chosen = everyFault.filter((fault) => (names ? names.includes(fault.name) : !quick || fault.quick));

for (const part of ['services/redis', 'brokers']) await clearLeftovers(join(folder, part));
await clearLeftovers(join(folder, 'services'), ['postgres']);
await clearLeftovers(join(folder, 'pair'), ['primary', 'standby']);
const services = await startServices(join(folder, 'services'));
let pair: PostgresPair | undefined;
let cluster: ThreeBrokers | undefined;
const connect: Connect = async (kind) => {
  switch (kind) {
    case 'direct':
      return { services, urls: services.direct };
    case 'wires':
      return { services, urls: services.throughWires };
    case 'pair':
      pair ??= await startPostgresPair(join(folder, 'pair'));
      return { services, pair, urls: { ...services.direct, DATABASE_URL: pair.url } };
    case 'three-brokers':
      cluster ??= await startThreeBrokers(join(folder, 'brokers'));
      return { services, cluster, urls: { ...services.direct, KAFKA_BROKERS: cluster.brokers.join(',') } };
  }
};

const began = Date.now();
const rows: Row[] = [];
const p99 = new Map<WorldKind, number>();
let broken = 0;

async function one(fault: Fault, baseline: number | null): Promise<number> {
  const from = Date.now();
  const { row, healthyP99, findings } = await runFault(fault, size, baseline, { connect, folder, say: console.log });
  rows.push(row);
  const mark = findings.length === 0 && row.outOfOrder === 0 ? '✓' : '✗';
  if (mark === '✗') broken++;
  const figures = Object.entries(row)
    .slice(1)
    .map(([name, value]) => `${name} ${value}`);
  console.log(
    `  ${mark} ${fault.name.padEnd(24)} ${((Date.now() - from) / 1_000).toFixed(0)} s  p99 ${healthyP99.toFixed(0)} ms  ${figures.join(' · ')}`,
  );
  for (const { invariant, breaks } of findings)
    console.log([`      ${invariant}: ${breaks.length}`, ...breaks.slice(0, FINDINGS_SHOWN)].join('\n        '));
  // A run that is ended half-way has said what it found.
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return healthyP99;
}

try {
  for (const fault of chosen) {
    const kind = fault.world ?? 'direct';
    if (!p99.has(kind)) p99.set(kind, await one(noFault(kind), null));
    await one(fault, p99.get(kind)!);
  }
} finally {
  await Promise.all([services.stop(), pair?.stop(), cluster?.stop()]);
}

const command = `npm run faults --${quick ? ' --quick' : ''}${names ? ` --only ${names.join(',')}` : ''}`;
const table = tableOf(rows, everyFault);
console.log(`\n${table}\n`);
for (const { number, name, why } of unchecked) console.log(`  not checked: ${number}. ${name}: ${why}`);
if (values.write) {
  const minutes = ((Date.now() - began) / 60_000).toFixed(0);
  const said = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${minutes} min, ${size.perSecond} events/s, 4 partners.`;
  const notChecked = unchecked.map(({ number, name, why }) => `${number} (${name}): ${why}`).join('; ');
  const text = `${said} Not checked: ${notChecked}.\n\n${table}`;
  writeFileSync(GUARANTEES, replaceTable(readFileSync(GUARANTEES, 'utf8'), text));
}
process.exit(broken > 0 ? 1 : 0);
