import { createReadStream } from 'node:fs';
import { compareLines } from '../../../dist/apps/reconciliation/src/lines/compare-lines.js';
import { sourceFor } from '../../../dist/apps/reconciliation/src/sources/source-for.js';
import { spoolFile } from '../../../dist/apps/reconciliation/src/sources/spool-file.js';
import {
  Database,
  findComparison,
  orderComparison,
  ourLines,
  takeComparison,
} from '../../../dist/libs/ledger/src/index.js';
import { quiet } from '../fresh.mjs';
import { contractOf } from './ways.mjs';

// One comparison in a process of its own, so that its memory is its own: usage: compare.mjs '{"database": …, "partner": …, "way": …}'.
const { database, partner, way, day, from, to, file } = JSON.parse(process.argv[2]);
const agency = 'doi-tac';
const db = new Database(database, 'bench', quiet, 4);
const contract = contractOf(partner, way);

async function* ourCases(range) {
  for await (const lines of ourLines(db, agency, range))
    yield lines.map(({ key, receivedOn }) => ({ key, receivedOn, caseCode: key, province: { code: '80', name: '' } }));
}
const uploaded = file && (() => spoolFile(createReadStream(file), Infinity));

const ordered = await orderComparison(db, { agency, day, source: way.by, author: 'bench', from, to });
const taken = await takeComparison(db);
const deps = { secret: () => '', ourCases, day, dailyFiles: '/nonexistent', uploaded };
const began = performance.now();
const state = await compareLines(
  db,
  quiet,
  taken,
  { contract, way: contract.reconcile, source: sourceFor(agency, contract, contract.reconcile, deps) },
  AbortSignal.timeout(900_000),
);
const seconds = (performance.now() - began) / 1_000;
const comparison = await findComparison(db, ordered.comparison.id);
const { rows: found } = await db.pool.query(
  `select type, key from discrepancies where agency_id = $1 and last_comparison = $2 and settled_at is null`,
  [agency, ordered.comparison.id],
);
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
process.send({ state, seconds, comparison, found, cpuSeconds, peakMiB: maxRSS / 1_024 }, () => process.exit(0));
