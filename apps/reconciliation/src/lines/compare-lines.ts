import { durationMs, spotCheck, type Party } from '#domain';
import {
  bucketDigests,
  cutNow,
  dayAfter,
  dayDigests,
  daysOf,
  digestOfDays,
  endComparison,
  endTaken,
  giveUpComparison,
  LineComparison,
  refreshLines,
  showProgress,
  today,
  type Comparison,
  type ComparisonProgress,
  type ComparisonReason,
  type Database,
  type KeyShare,
  type TakenComparison,
} from '#ledger';
import type { Log } from '#service';
import { BUCKETS, type ContractVersion, type Digest, type Range, type ReconcileLines } from '#wire';
import { openDiffering } from './open-differing.js';
import { SourceRefused, type LineSource } from './line-source.js';
import { admitFile } from './older-file.js';
import { unlikeOurs, USUAL_LEAST_MATCH } from './unlike-ours.js';

export interface ToCompare {
  contract: Pick<ContractVersion, 'sends' | 'collect'>;
  way: ReconcileLines;
  source: LineSource;
}

const USUAL_DAYS = '90d';
const SHOWN_EVERY_MS = 500;

/**
 * One comparison, from our lines' refresh to what is kept of it. It is done, refused or failed when this resolves; whatever
 * ends it halfway, nothing of what it found was kept.
 */
export async function compareLines(
  db: Database,
  log: Log,
  { client, comparison }: TakenComparison,
  { contract, way, source }: ToCompare,
  signal: AbortSignal,
): Promise<'done' | 'refused' | 'failed'> {
  const { id, agency } = comparison;
  try {
    const { from, to } = daysCompared(comparison, way);
    const show = progressOf(db, id);
    const cut = await cutNow(client, id, from, to, isFile(way) ? comparison.day : null);
    await refreshLines(db, agency, way.compares, (done, of) => show({ step: 'refresh', done, of }));
    // A day more on either side: what one side has a day off isn't missing at the edges.
    const read = { from: dayAfter(from, -1), to: dayAfter(to, 1) };
    const ours = await dayDigests(db, agency, read.from, read.to);
    const compared = {
      agency,
      id,
      from,
      to,
      compares: way.compares,
      party: partyOf(contract, way),
      coverage: source.coverage,
      cut,
      isWhole: comparison.from === null,
    };
    const lines = await LineComparison.begin(client, compared);
    const theirs = source.digest
      ? await byDigest({ db, comparison, source, lines, ours, show, signal })
      : await byLines({ source, lines, read, to, show, signal });
    const within = (all: readonly Digest[]): Digest[] =>
      all.filter(({ range }) => range.from >= from && range.to <= to);
    const noticed = source.file ? await admitFile(client, comparison, source.file, theirs.newest) : null;
    show({ step: 'compare', done: 0, of: null });
    const ending: Parameters<LineComparison['finish']>[1] = (writer, { found, inTransit, clockOff }) =>
      endComparison(writer, id, {
        ...{ coverage: source.coverage, found, inTransit, exchanged: source.exchanged },
        ...{
          linesOurs: sum(within(ours)),
          linesTheirs: sum(within(theirs.digests)),
          ourDigest: digestOfDays(within(ours)),
        },
        theirDigest: source.coverage === 'both' ? digestOfDays(within(theirs.digests)) : null,
        reason: clockOff ? both(clockOffWords(clockOff), noticed) : noticed,
      });
    await lines.finish(theirs.sameElsewhere, ending, weigher(comparison, way));
    return 'done';
  } catch (error) {
    const state = error instanceof SourceRefused ? 'refused' : 'failed';
    if (state === 'failed' && !signal.aborted)
      log.error({ agency, comparison: id, error: codeOf(error), at: placesOf(error) }, 'comparison failed');
    await giveUpComparison(db, id, state, reasonOf(error, signal), source.exchanged).catch(() => undefined);
    return state;
  } finally {
    await endTaken(client);
    await source.close().catch(() => undefined);
  }
}

interface Reading {
  source: LineSource;
  lines: LineComparison;
  show: (progress: ComparisonProgress) => void;
  signal: AbortSignal;
}

interface Read {
  digests: Digest[];
  /** Lines of ranges that were not opened, because their digests agree. */
  sameElsewhere: number;
  /** Their last day of receipt that was read, of those that are compared. */
  newest: string | null;
}

async function byLines({
  source,
  lines,
  read,
  to,
  show,
  signal,
}: Reading & { read: Range; to: string }): Promise<Read> {
  let done = 0;
  let newest: string | null = null;
  await source.lines(
    read,
    async (batch) => {
      await lines.add(batch);
      for (const { receivedOn } of batch)
        if (receivedOn <= to && (newest === null || receivedOn > newest)) newest = receivedOn;
      show({ step: 'lines', done: (done += batch.length), of: null });
    },
    signal,
  );
  await lines.opened([read]);
  return { digests: await lines.theirDigests(daysOf(read)), sameElsewhere: 0, newest };
}

/** Only ranges that differ are opened, and one that doesn't: a digest that is stale or invented is found by it. */
async function byDigest(
  reading: Reading & { db: Database; comparison: Comparison; ours: readonly Digest[] },
): Promise<Read> {
  const { db, comparison, source, lines, ours, show, signal } = reading;
  show({ step: 'digests', done: 0, of: ours.length });
  const said = await source.digest!(
    ours.map(({ range }) => range),
    signal,
  );
  const agrees = ours.filter((digest, i) => isSame(digest, said[i]!));
  const spot = spotCheck(comparison.id, agrees.length);
  const sampled =
    spot === undefined ? [] : [{ ...agrees[spot]!.range, bucket: Number(BigInt(comparison.id) % BigInt(BUCKETS)) }];
  const differing = ours.flatMap((digest, i) => (isSame(digest, said[i]!) ? [] : [{ ours: digest, theirs: said[i]! }]));
  const opened = await openDiffering({
    ...{ source, lines, differing, sampled, show, signal },
    oursOf: (ranges) => bucketDigests(db, comparison.agency, ranges),
  });
  return { digests: said, sameElsewhere: sum(ours) - opened, newest: null };
}

const isSame = (a: Digest, b: Digest): boolean => a.lines === b.lines && a.digest === b.digest;
const sum = (digests: readonly Digest[]): number => digests.reduce((n, { lines }) => n + lines, 0);

/** Told, or as far back as the contract says, the day whose books these are included. */
function daysCompared({ from, to, day }: Comparison, way: ReconcileLines): { from: string; to: string } {
  const last = to ?? (day < today() ? day : today());
  const days = Math.round(durationMs(way.days ?? USUAL_DAYS) / 86_400_000);
  return { from: from ?? dayAfter(last, 1 - days), to: last };
}

/** As old as the day that it is of, however late it is read. */
const isFile = ({ by }: ReconcileLines): boolean => by === 'daily-file' || by === 'spreadsheet';

/** A person may bring a wrong file. What a system hands over is its own, unless the contract asks for a share of it. */
function weigher({ sure }: Comparison, way: ReconcileLines): ((share: KeyShare) => void) | undefined {
  if (sure || (way.by !== 'daily-file' && way.by !== 'spreadsheet')) return undefined;
  return (share) => {
    const refused = unlikeOurs(share, way.leastMatch ?? (way.by === 'spreadsheet' ? USUAL_LEAST_MATCH : 0));
    if (refused) throw refused;
  };
}

const both = (one: ComparisonReason, other: ComparisonReason | null): ComparisonReason =>
  other === null ? one : { rule: one.rule, vi: `${one.vi}; ${other.vi}`, en: `${one.en}; ${other.en}` };

const partyOf = ({ sends, collect }: ToCompare['contract'], { repairs = {} }: ReconcileLines): Party => ({
  reports: sends.includes('case.status-changed'),
  canBeAsked: collect !== undefined && collect.ask !== 'catalogue',
  lists: collect?.ask === 'list',
  authorityIn: Object.entries(repairs).flatMap(([type, { repair }]) => (repair === 'correct-here' ? [type] : [])),
});

/** Written now and then, never waited for. */
function progressOf(db: Database, id: string): (progress: ComparisonProgress) => void {
  let shown = -Infinity;
  return (progress) => {
    if (performance.now() - shown < SHOWN_EVERY_MS) return;
    shown = performance.now();
    void showProgress(db, id, progress).catch(() => undefined);
  };
}

const clockOffWords = ({
  days,
  lines,
}: {
  days: 'a day earlier' | 'a day later';
  lines: number;
}): ComparisonReason => ({
  rule: 'clock-off',
  vi: `Đồng hồ hoặc múi giờ phía cơ quan lệch một ngày (${days === 'a day later' ? 'muộn hơn' : 'sớm hơn'}): ${lines} dòng chỉ khác ngày tiếp nhận, báo một lần ở đây`,
  en: `the partner's clock or time zone is off by a day (${days}): ${lines} lines differ in nothing but the day of receipt and are told once, here`,
});

/** Class and code only: a message may quote data. */
function codeOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return [name, code].filter((part) => typeof part === 'string').join(' ');
}

/** Where in our own code it broke, without the message that a stack begins with. */
const placesOf = (error: unknown): string[] =>
  ((error as { stack?: string }).stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .slice(0, 6)
    .map((line) => line.trim());

function reasonOf(error: unknown, signal: AbortSignal): ComparisonReason {
  if (error instanceof SourceRefused) {
    const { rule, vi, en, row } = error;
    return { rule, vi, en, ...(row === undefined ? {} : { row }) };
  }
  if (signal.aborted)
    return { rule: 'stopped', vi: 'Tiến trình dừng; chạy lại là đủ', en: 'the process was stopped; run it again' };
  const what = codeOf(error);
  return {
    rule: 'failed',
    vi: `Không so được (${what}); xem nhật ký`,
    en: `it couldn't be carried out (${what}); see the log`,
  };
}
