/**
 * Both sides' books: a million lines compared over every kind of source, with planted discrepancies; a day closed under load;
 * the statement of a million streams; statutory reports. Parts by BENCH_ONLY (`lines,close,statement,reports`); BENCH_LINES makes
 * both sides shorter, BENCH_CASES statements and reports, BENCH_EVENTS the day; BENCH_PLANTED=no leaves the planted ones out.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { endProvince } from './reconciliation/province.mjs';

const parts = ['lines', 'close', 'statement', 'reports'];

export default async function reconciliationBench(given) {
  const only = process.env.BENCH_ONLY?.split(',') ?? parts;
  const lines = Number(process.env.BENCH_LINES ?? 1_000_000);
  const cases = Number(process.env.BENCH_CASES ?? 1_000_000);
  await mkdir(given.folder, { recursive: true });
  const figures = [];
  for (const name of parts.filter((part) => only.includes(part))) {
    const url = new URL(`reconciliation/${name}.mjs`, import.meta.url);
    if (!existsSync(url)) {
      given.say(`${name}: not there`);
      continue;
    }
    const { default: part } = await import(url.href);
    figures.push(...(await part({ ...given, lines, cases })));
  }
  await endProvince();
  return figures;
}
