import { writeFileSync } from 'node:fs';
import { addressesFrom, claimBooks, readOptions, usage } from './main-job-options.js';
import { reportText } from './main-job-report.js';
import { runMainJob } from './main-job-run.js';
import { loadProvinceYear } from './year/province-year.js';
import { publishedOf } from './year/quotas.js';

if (process.argv.includes('--help')) {
  process.stdout.write(usage);
  process.exit(0);
}
const year = loadProvinceYear();
const options = readOptions(process.argv.slice(2), publishedOf(year)('received'));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${usage}`);
  process.exit(2);
}
const elsewhere = claimBooks(process.env, options);
if (elsewhere !== undefined) {
  process.stderr.write(`${elsewhere}\n`);
  process.exit(2);
}
try {
  const result = await runMainJob(year, options, addressesFrom(process.env));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${reportText(result, year)}\n`);
  process.exitCode = result.faults.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`The main job can't go on: ${(error as Error).message}\n`);
  process.exit(1);
}
