import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';

import { linesOf } from '../../../dist/apps/sandbox/src/lines/digests.js';
import { Database } from '../../../dist/libs/ledger/src/index.js';
import { lineDiscrepancies } from '../../../dist/libs/wire/src/index.js';
import { figure, fresh, quiet, round } from '../fresh.mjs';
import { falsify, FalseBooks, randomCounts } from './false-books.mjs';
import { expectedOf, judge, sumOf } from './judge.mjs';
import { mergeJoin } from './merge-join.mjs';
import { loadOurBooks } from './our-books.mjs';
import { compareOnce, startPartner } from './processes.mjs';
import { waysOf } from './ways.mjs';
import { compares, World } from './world.mjs';

const DAYS = 260;
const SEED = 20_261_126;
const MOST_PLANTED = 1_000;
const XLSX_LINES = 300_000;
/** Enough for every type to be found among them: a revoked result is one line of seventy. */
const LOOK_UP_LINES = 11_500;

/** Two sides of a million lines: how fast ten discrepancies are found, and that every planted one is, by every kind of source. */
export default async function linesPart({ say, folder, lines }) {
  const place = await fresh();
  const db = new Database(place.url, 'bench', quiet, 2);
  const until = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  const shape = { lines, seed: SEED, days: DAYS, until };
  const world = new World(shape);
  const span = { from: world.days[0], to: world.days.at(-1), day: until };
  try {
    const ours = join(folder, 'ours.ndjson');
    const file = createWriteStream(ours);
    await loadOurBooks(db, world, 'doi-tac', (line) => file.write(`${JSON.stringify(line)}\n`));
    file.end();
    await once(file, 'close');
    say(`our books: ${lines} lines`);
    const asked = { database: place.url, ...span };
    return [
      ...(await tenDiscrepancies({ asked, shape, world, ours, folder, say })),
      ...(process.env.BENCH_PLANTED === 'no' ? [] : await planted({ db, asked, shape, world, folder, say })),
    ];
  } finally {
    await db.close();
    await place.end();
  }
}

const tenTypes = lineDiscrepancies.filter((type) => type !== 'two-under-one');

async function tenDiscrepancies({ asked, shape, world, ours, folder, say }) {
  const counts = Object.fromEntries(tenTypes.map((type) => [type, 1]));
  const partner = await startPartner({ world: shape, counts, seed: SEED });
  const ways = waysOf(partner.url);
  try {
    // Both sides keep their digests: the partner's are made here, ours by the first comparison, which is told beside.
    await fetch(`${ways.digest.url.replace('/lines?', '/lines/digests?')}&from=${asked.from}&to=${asked.to}&by=day`);
    const run = async (way) => {
      const result = await compareOnce({ ...asked, partner: partner.url, way });
      const rows = judge(expectedOf(partner.planted, { coverage: 'both' }), result.found);
      say(
        `${way.by}: ${round(result.seconds, 2)} s, ${round(result.cpuSeconds, 1)} of its CPU, peak ${round(result.peakMiB)} MiB, ` +
          JSON.stringify(sumOf(rows)),
      );
      const { found, mistyped, missed, invented } = sumOf(rows);
      if (found !== tenTypes.length || mistyped + missed + invented > 0)
        throw new Error(`wrong by ${way.by}: ${JSON.stringify(rows)}`);
      return result;
    };
    const first = await run(ways.digest);
    const later = [await run(ways.digest), await run(ways.digest), await run(ways.digest)];
    const digest = later.sort((one, other) => one.seconds - other.seconds)[1];
    const paged = await run(ways['paged list']);

    const theirs = join(folder, 'theirs.ndjson');
    await writeTheirs(theirs, world, counts);
    const began = performance.now();
    const joined = mergeJoin(ours, theirs);
    const byHand = (performance.now() - began) / 1_000;
    const different = joined.onlyOurs.length + joined.onlyTheirs.length + joined.differ.length;
    // Another code is one key too few and one too many.
    if (different !== tenTypes.length + 1) throw new Error(`merge-join: ${different}`);
    const of = `${shape.lines} lines a side, 10 discrepancies`;
    const reference = { 'merge-join over two sorted files': byHand };
    const { exchanged } = digest.comparison;
    return [
      figure(`${of}, digest source`, digest.seconds, 's', reference, '≤ 2', digest.seconds <= 2),
      figure('exchanged for it', exchanged / 1_000, 'kB', {}, '≤ 200', exchanged <= 200_000),
      figure('the same, none of our digests kept', first.seconds, 's', reference, '–', true),
      figure(`${of}, full paged list`, paged.seconds, 's', reference, '≤ 60', paged.seconds <= 60),
      figure('peak RSS of that process', paged.peakMiB, 'MiB', {}, '≤ 300', paged.peakMiB <= 300),
    ];
  } finally {
    await partner.stop();
  }
}

async function writeTheirs(path, world, counts) {
  const books = new FalseBooks(world);
  falsify(books, counts, SEED);
  const file = createWriteStream(path);
  for (const day of books.days())
    for (const { key, receivedOn, hash } of linesOf(books, { from: day, to: day }, compares))
      if (!file.write(`${JSON.stringify({ key, receivedOn, hash })}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}

/** Every type at random places, 10 to 1,000 times, over every kind of source; a source that sees less is judged by what it sees. */
async function planted({ db, asked, shape, world, folder, say }) {
  const scale = Math.min(1, shape.lines / 1_000_000);
  const most = Math.max(20, Math.round(MOST_PLANTED * scale));
  const partner = await startPartner({ world: shape, counts: randomCounts(lineDiscrepancies, SEED, most), seed: SEED });
  // A look-up can't tell a case that is there twice, and only asks: a sample of days.
  const single = lineDiscrepancies.filter((type) => type !== 'doubled-there');
  const lookUpDays = Math.min(DAYS, Math.ceil((LOOK_UP_LINES * DAYS) / shape.lines));
  const few = Math.max(20, Math.round(most / 10));
  const sampled = await startPartner({
    ...{ world: shape, counts: randomCounts(single, SEED + 1, few), seed: SEED + 1 },
    days: { first: 0, last: lookUpDays - 1 },
  });
  const rows = [];
  const figures = [];
  try {
    const sheetDays = world.days.slice(0, Math.max(1, Math.floor((XLSX_LINES / shape.lines) * DAYS)));
    const sheet = { from: sheetDays[0], to: sheetDays.at(-1) };
    const look = { from: world.days[0], to: world.days[lookUpDays - 1] };
    const path = join(folder, 'sheet.xlsx');
    const answer = await fetch(`${partner.url}/lines/daily.xlsx?from=${sheet.from}&to=${sheet.to}`);
    await writeFile(path, answer.body);
    const sources = [
      ['digest', partner, {}],
      ['paged list', partner, {}],
      ['status list', partner, { coverage: 'ours only' }],
      ['daily file, CSV', partner, {}],
      ['spreadsheet, XLSX', partner, { days: sheet, file: path }],
      ['look-up', sampled, { coverage: 'ours only', days: look }],
    ];
    for (const [name, { url, planted: sown }, { coverage = 'both', days, file }] of sources) {
      const range = days ?? { from: asked.from, to: asked.to };
      const way = waysOf(url)[name];
      // Each by itself: what one way has found isn't forgotten for another that sees less.
      await db.pool.query('truncate discrepancies');
      const result = await compareOnce({ ...asked, ...range, partner: url, way, ...(file ? { file } : {}) });
      const byType = judge(expectedOf(sown, { coverage, days }), result.found);
      for (const [type, counts] of Object.entries(byType)) rows.push({ source: name, type, ...counts });
      const { planted: all, found, mistyped, missed, invented } = sumOf(byType);
      say(
        `${name}: ${all} planted, ${found} found, ${mistyped} mistyped, ${invented} invented, ${round(result.seconds)} s`,
      );
      const isRight = found === all && mistyped + missed + invented === 0;
      figures.push(
        figure(
          `planted ${all}, by ${name}: found`,
          found,
          `in ${round(result.seconds)} s`,
          {},
          `${all}, 0 wrong`,
          isRight,
        ),
      );
    }
  } finally {
    say(tableOf(rows));
    await Promise.all([partner.stop(), sampled.stop(), rm(join(folder, 'sheet.xlsx'), { force: true })]);
  }
  return figures;
}

function tableOf(rows) {
  const heads = ['source', 'type', 'planted', 'found', 'mistyped', 'missed', 'invented'];
  const all = [heads, ...rows.map((row) => heads.map((head) => String(row[head])))];
  const widths = heads.map((_, n) => Math.max(...all.map((row) => row[n].length)));
  return all
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
