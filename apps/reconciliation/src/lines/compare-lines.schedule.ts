import {
  endTaken,
  giveUpComparison,
  keptFile,
  ourCases,
  takeComparison,
  today,
  type ComparisonReason,
  type ContractBook,
  type Database,
  type TakenComparison,
} from '#ledger';
import type { Log, Secrets } from '#service';
import { repairByPolicy } from '../repair/repair-by-policy.js';
import { sourceFor } from '../sources/source-for.js';
import { spoolFile } from '../sources/spool-file.js';
import { LARGEST_SHEET } from './take-spreadsheets.js';
import { compareLines } from './compare-lines.js';
import { lineWaysOf, orderDue } from './daily-comparisons.js';
import { SourceRefused } from './line-source.js';

const TICK_MS = 300;
const DUE_EVERY_MS = 15_000;

/** One partner that dawdles doesn't hold up the others; each has a connection of its own. */
const AT_ONCE = 2;

/** Carries out comparisons, few at a time; several processes share them, and those of one agency never run together. */
export class CompareLinesSchedule {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private lookedAt = -Infinity;

  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
    private readonly secrets: Secrets,
    private readonly log: Log,
    private readonly dailyFiles: string,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.book.start();
    this.timer = setInterval(() => {
      this.looking ??= this.round()
        .catch((error: unknown) => this.log.warn({ error: nameOf(error) }, 'comparisons not looked at'))
        .finally(() => (this.looking = undefined));
    }, TICK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.book.stop();
    this.stopping.abort();
    await this.looking;
    await Promise.all(this.running);
  }

  private async round(): Promise<void> {
    if (performance.now() - this.lookedAt > DUE_EVERY_MS) {
      this.lookedAt = performance.now();
      await orderDue(this.db, this.book.all(), (agency) => this.book.version(agency, today()));
    }
    while (this.running.size < AT_ONCE && !this.stopping.signal.aborted) {
      const taken = await takeComparison(this.db);
      if (!taken) return;
      const run = this.carryOut(taken)
        .catch((error: unknown) => this.log.warn({ error: nameOf(error) }, 'comparison not carried out'))
        .finally(() => this.running.delete(run));
      this.running.add(run);
    }
  }

  private async carryOut(taken: TakenComparison): Promise<void> {
    const { comparison } = taken;
    const { id, agency, day, fileHash } = comparison;
    const contract = this.book.version(agency, today());
    const way = contract && lineWaysOf(contract).find(({ by }) => by === comparison.source);
    if (!contract || !way) {
      return this.refuse(taken, noWay);
    }
    let source;
    try {
      source = sourceFor(agency, contract, way, {
        secret: (name) => this.secrets.get(name),
        ourCases: (range) => ourCases(this.db, agency, range),
        ...{
          day,
          dailyFiles: this.dailyFiles,
          uploaded: fileHash === null ? undefined : () => spoolFile(keptFile(this.db, id), LARGEST_SHEET),
        },
      });
    } catch (error) {
      const said = error instanceof SourceRefused ? error : noWay;
      return this.refuse(taken, { rule: said.rule, vi: said.vi, en: said.en });
    }
    const state = await compareLines(this.db, this.log, taken, { contract, way, source }, this.stopping.signal);
    this.log.info({ agency, comparison: id, source: way.by, state }, 'lines compared');
    if (state === 'done') await repairByPolicy(this.db, this.log, agency, way.repairs);
  }

  /** Whatever comes of saying so, its connection is given back. */
  private async refuse({ comparison, client }: TakenComparison, why: ComparisonReason): Promise<void> {
    try {
      await giveUpComparison(this.db, comparison.id, 'refused', why, null);
    } finally {
      await endTaken(client);
    }
  }
}

const noWay = {
  rule: 'no-way',
  vi: 'Hợp đồng đang có hiệu lực không cho cách đối soát này',
  en: 'the contract in force has no such way of reconciling',
};

const nameOf = (error: unknown): string => {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return [name, code].filter((part) => typeof part === 'string').join(' ');
};
