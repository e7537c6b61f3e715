/**
 * Reports over a million cases, from facts that are up to date, as the API computes them: what changed since is looked for
 * first. Beside II.06a the same counting by one hand-written statement over the facts, no look, no names. Files of 100,000 rows
 * from the ledger's cursor to the last byte, the appeal file whole. Last what a long pause costs: a million new events.
 */
import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { figure, quiet } from '../fresh.mjs';
import { theProvince } from './province.mjs';

const ROWS = 100_000;
const PERIOD = '2024';
const FORMS = ['ii-06a', 'index-766'];

const BY_HAND = `
select field, count(*), count(*) filter (where received_at < '2024-01-01+07'), count(*) filter (where nine_finished < '2025-01-01+07'),
  count(*) filter (where nine_finished < '2025-01-01+07' and nine_finished::date < due_at::date)
from case_facts where received_at < '2025-01-01+07' and (received_at >= '2024-01-01+07' or nine_finished is null or nine_finished >= '2024-01-01+07')
group by field`;

/** Four reports more for each of $1 cases, as if nobody had asked for a report for weeks. */
const PAUSE = `
with s as (update streams set last = last + 4 where id <= $1 returning id, last, status)
insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, hash)
select id, last - 4 + k, gen_random_uuid(), 'vn.lienthong.case.status-changed.v1', 'mot-cua', status, now(), json_build_object('status', status, 'at', now()), '\\x00'::bytea, '\\x00'::bytea
from s, generate_series(1, 4) k order by id, k`;

export default async function reportsBench({ folder = '/tmp', say = () => {}, cases }) {
  const ledger = await import('../../../dist/libs/ledger/src/index.js');
  const { refreshFacts } = ledger;
  const url = await theProvince(cases, say);
  const db = new ledger.Database(url, 'bench', quiet, 3);
  try {
    await applyForms(db, ledger);
    const peak = memory();
    const extracting = await timed(() => refreshFacts(db));
    const extractingMemory = peak();
    await db.pool.query('vacuum (analyze) case_facts');
    const { rows } = await db.pool.query(`select count(*)::int as n from events`);
    const figures = [
      ...(await counts(db, ledger, cases)),
      ...(await files(db, ledger, { folder, say })),
      figure('case facts, extracted from nothing', cases / (extracting.ms / 1e3), 'cases/s', {}, '–', true),
      figure('the same, by events', rows[0].n / (extracting.ms / 1e3), 'events/s', {}, '–', true),
      figure('memory that it takes', extractingMemory, 'MB', {}, '≤ 100', extractingMemory <= 100),
      ...(await pause(db, ledger, cases)),
    ];
    return figures;
  } finally {
    await db.close();
  }
}

async function applyForms(db, { applyReports }) {
  const { locateReportFile } = await import('../../../dist/libs/wire/src/index.js');
  const read = (name) => locateReportFile(readFileSync(`deploy/reports/${name}.yaml`, 'utf8'), {}).file;
  await applyReports(db, FORMS.map(read), { author: 'bench', note: null });
}

/** What is asked of both reports of a period. */
async function asked(db, { caseReportOn, serviceIndexOn }) {
  const { readPeriod } = await import('../../../dist/libs/domain/src/index.js');
  const period = readPeriod(PERIOD);
  const { definition: practice } = await caseReportOn(db, 'II.06a', period.last);
  const { definition: index } = await serviceIndexOn(db, 'index-766', period.last);
  const common = { period, by: 'field', today: '2026-11-26' };
  return { cases: { definition: practice, ...common }, judged: { practice, index, ...common } };
}

async function counts(db, ledger, cases) {
  const { caseReport, judgedReport, refreshFacts, syncReport } = ledger;
  const ask = await asked(db, ledger);
  const told = { reported: null, atPortal: null };
  const measured = (count) => best(3, async () => (await refreshFacts(db), count()));
  const byHand = await best(3, () => db.pool.query(BY_HAND));
  const beside = { 'one statement by hand': byHand.ms / 1e3 };
  const report = await measured(() => caseReport(db, ask.cases));
  const index = await measured(() => judgedReport(db, ask.judged));
  const sync = await measured(() => syncReport(db, ask.judged, told));
  const { total } = index.value;
  if (report.value.total.received < cases * 0.5 || total.received !== report.value.total.received)
    throw new Error('a report counts too few');
  if (!total.lateSync || !total.notSynced || !total.differs || !sync.value.synced)
    throw new Error('nothing was judged');
  const row = (name, { ms }) => figure(`${name} over ${cases} cases`, ms / 1e3, 's', beside, '≤ 3', ms <= 3_000);
  return [row('II.06a', report), row('index-766', index), row('sync', sync)];
}

async function files(db, ledger, { folder, say }) {
  const { appeals, casesBehind, judgedBehind } = ledger;
  const lists = await import('../../../dist/apps/reconciliation/src/reports/lists.js');
  const { sendList } = await import('../../../dist/apps/reconciliation/src/reports/tables-as.js');
  const ask = await asked(db, ledger);
  const made = async (name, as, { columns, rows }) => {
    const file = join(folder, `${name}.${as}`);
    const to = createWriteStream(file);
    const began = performance.now();
    const list = counted(rows, began);
    const peak = memory();
    await sendList(to, { name, title: name, columns, rows: list.rows }, as);
    const ms = performance.now() - began;
    say(JSON.stringify({ [`${name}.${as}`]: { ms, ...list.seen, MB: peak(), bytes: statSync(file).size } }));
    return { ms, MB: peak(), ...list.seen };
  };
  const behind = { columns: lists.caseColumnsShown, rows: () => casesBehind(db, { ...ask.cases, column: 'received' }) };
  const judged = {
    columns: lists.judgedColumnsShown,
    rows: () => judgedBehind(db, { ...ask.judged, column: 'received' }),
  };
  const appeal = { columns: lists.appealColumnsShown, rows: () => appeals(db, ask.judged) };
  const all = [
    await made('cases', 'xlsx', behind),
    await made('cases', 'csv', behind),
    await made('index-766', 'xlsx', judged),
    await made('appeal', 'xlsx', appeal),
    await made('appeal', 'csv', appeal),
  ];
  const names = ['report cases (II.06a), XLSX', 'report cases (II.06a), CSV', 'report cases (index-766), XLSX', 'report appeal, XLSX', 'report appeal, CSV']; // prettier-ignore
  const grown = Math.max(...all.map(({ MB }) => MB));
  return [
    ...all.flatMap(({ ms, first, rows }, i) => [
      figure(`${names[i]}: ${rows} rows`, ms / 1e3, 's', {}, '≤ 5', ms <= 5_000),
      figure(`${names[i]}: first row`, first / 1e3, 's', {}, '≤ 3', first <= 3_000),
    ]),
    figure('memory that any of them takes', grown, 'MB', {}, '≤ 200', grown <= 200),
  ];
}

/** The first rows of a list, with how many they were and when the first one came. */
function counted(rows, began) {
  const seen = { rows: 0, first: NaN };
  const some = async function* () {
    for await (const one of rows()) {
      if (seen.rows === 0) seen.first = performance.now() - began;
      seen.rows += 1;
      yield one;
      if (seen.rows === ROWS) return;
    }
  };
  return { seen, rows: some() };
}

async function pause(db, { factsBehind, refreshFacts }, cases) {
  await db.pool.query(PAUSE, [cases / 4]);
  const peak = memory();
  const looking = await timed(() => factsBehind(db));
  const refreshing = await timed(() => refreshFacts(db));
  if (looking.value !== refreshing.value) throw new Error('not all that was behind was refreshed');
  return [
    figure(`facts of ${cases / 4} cases after ${cases} new events`, refreshing.ms / 1e3, 's', {}, '–', true),
    figure('memory that it takes', peak(), 'MB', {}, '≤ 100', peak() <= 100),
    figure('how many are behind', looking.ms / 1e3, 's', {}, '≤ 3', looking.ms <= 3_000),
  ];
}

/** Begins to watch; answers by how much the process has grown at most, in MB. */
function memory() {
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  watch.unref();
  return () => {
    clearInterval(watch);
    return (most - before) / 1e6;
  };
}

async function timed(work) {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}

async function best(times, work) {
  const all = [];
  for (let i = 0; i < times; i++) all.push(await timed(work));
  return all.sort((a, b) => a.ms - b.ms)[0];
}
