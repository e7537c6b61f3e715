/** Every connected system against its stand-in, both directions: what was sent, what the far end's own books hold. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judicialRecordCase, nextCode } from '../journeys/cases.js';
import { eventually } from '../journeys/eventually.js';
import { Hub, type StandIn } from '../journeys/hub.js';

interface Row {
  system: string;
  kind: string;
  direction: 'out' | 'in';
  sent: number;
  delivered: number;
  discrepancies: number;
  milliseconds: number;
}

const { values } = parseArgs({ options: { json: { type: 'string' }, cases: { type: 'string', default: '50' } } });
const cases = Number(values.cases);
const rows: Row[] = [];
const hub = await Hub.start();
try {
  const { lltp, portal, oneStop } = hub.standIns;
  const began = performance.now();
  const codes = Array.from({ length: cases }, nextCode);
  for (const code of codes) {
    const { status } = await hub.post('/v1/cases', judicialRecordCase(code));
    if (status !== 202) throw new Error(`intake answered ${status}`);
  }
  const entered = performance.now();
  rows.push(
    row('mot-cua', 'one-stop', 'in', cases, await inLedger('mot-cua', 'case.received', codes), 0, entered - began),
  );
  await eventually(async () => {
    const results = await inLedger('lltp', 'case.result-issued', codes);
    if (results < cases) throw new Error(`${results} of ${cases} results are there`);
  }, 120_000);
  await hub.atRest(120_000);
  const took = performance.now() - entered;
  rows.push(row('lltp', 'lltp-gen2', 'in', cases, await inLedger('lltp', 'case.result-issued', codes), 0, took));
  for (const [system, kind, standIn] of [
    ['lltp', 'lltp-gen2', lltp],
    ['cong-dvc', 'national-portal', portal],
    ['mot-cua', 'one-stop', oneStop],
  ] as const)
    rows.push(await outward(system, kind, standIn, took));
} finally {
  await hub.stop();
}
process.stdout.write(`\n${table()}\n`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exit(rows.every((one) => one.discrepancies === 0 && one.delivered >= one.sent) ? 0 : 1);

function row(
  system: string,
  kind: string,
  direction: Row['direction'],
  sent: number,
  delivered: number,
  discrepancies: number,
  milliseconds: number,
): Row {
  const missing = Math.max(0, sent - delivered);
  return {
    system,
    kind,
    direction,
    sent,
    delivered,
    discrepancies: discrepancies + missing,
    milliseconds: Math.round(milliseconds),
  };
}

/** Both books, item by item: an acknowledged item that the far end doesn't hold, or one it holds that nobody sent. */
async function outward(agency: string, kind: string, standIn: StandIn, milliseconds: number): Promise<Row> {
  const sent = await hub.rows<{ hash: string }>(
    `select encode(item_hash, 'hex') as hash from deliveries where agency_id = $1 and state = 'acknowledged'`,
    [agency],
  );
  const held = (await standIn.applied()).map(({ hash }) => hash);
  const [ours, theirs] = [new Set(sent.map(({ hash }) => hash)), new Set(held)];
  const wrong =
    [...ours].filter((hash) => !theirs.has(hash)).length + [...theirs].filter((hash) => !ours.has(hash)).length;
  const doubled = held.length - theirs.size;
  return row(agency, kind, 'out', sent.length, held.length, wrong + doubled, milliseconds);
}

async function inLedger(sender: string, type: string, codes: readonly string[]): Promise<number> {
  const [found] = await hub.rows<{ n: number }>(
    `select count(distinct e.stream_id)::int as n from events e join aliases a using (stream_id)
     where e.sender = $1 and e.type = $2 and a.code = any($3)`,
    [sender, `vn.lienthong.${type}.v1`, codes],
  );
  return found?.n ?? 0;
}

function table(): string {
  const cells = rows.map((one) => Object.values(one).map(String));
  const heads = Object.keys(rows[0] ?? {});
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((cell) => cell[i]!.length)));
  return [heads, ...cells]
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
