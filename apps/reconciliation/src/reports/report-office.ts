import {
  caseReportOn,
  listReports,
  refreshFacts,
  serviceIndexOn,
  today,
  type Database,
  type DefinitionOn,
  type FoundDefinition,
  type JudgedAsk,
  type ReportAsk,
  type ShownReport,
} from '#ledger';
import type { Log } from '#service';
import type { CaseReportFile, ReportFile, ServiceIndexFile } from '#wire';
import { refusedWith } from '../refused-with.js';
import { byOf, periodOf, type Asked } from './read-ask.js';

/** What is asked of which report, with the definitions of its period. */
export type Ask =
  { kind: 'cases'; ask: ReportAsk; definition: DefinitionOn<CaseReportFile> } | { kind: 'judged'; ask: JudgedAsk };

/** II.06a's practice is the one side of every comparison with the portal's rule. */
const PRACTICE = 'II.06a';
const INDEX = 'index-766';

/** Reads what is asked for; before a figure is counted, the facts have all that the ledger has. */
export class ReportOffice {
  constructor(
    readonly db: Database,
    readonly log: Log,
  ) {}

  list(): Promise<ShownReport[]> {
    return listReports(this.db);
  }

  async asked(report: string, query: Asked): Promise<Ask> {
    const period = periodOf(query);
    const common = { period, by: byOf(query), today: today() };
    const known = (await this.list()).find((one) => one.report === report);
    if (!known) throw unknown(report);
    if (known.kind === 'ServiceIndex') return { kind: 'judged', ask: await this.judged(query, report) };
    const definition = found(report, period.last, await caseReportOn(this.db, report, period.last));
    return { kind: 'cases', ask: { definition, ...common }, definition };
  }

  async judged(query: Asked, report = INDEX): Promise<JudgedAsk> {
    const period = periodOf(query);
    const practice = found(PRACTICE, period.last, await caseReportOn(this.db, PRACTICE, period.last));
    const index: DefinitionOn<ServiceIndexFile> = found(
      report,
      period.last,
      await serviceIndexOn(this.db, report, period.last),
    );
    return { practice, index, period, by: byOf(query), today: today() };
  }

  /** Facts as of now. After a long pause this takes as long as what came since: 1,000,000 cases some minutes. */
  async refresh(): Promise<void> {
    await refreshFacts(this.db);
  }
}

function found<F extends ReportFile>(report: string, day: string, definition: FoundDefinition<F>): DefinitionOn<F> {
  switch (definition.outcome) {
    case 'found':
      return definition.definition;
    case 'unknown-report':
      throw unknown(report);
    case 'before':
      throw refusedWith('no-definition-then', `${report}: ${day} < ${definition.first}`);
  }
}

const unknown = (report: string) => refusedWith('unknown-report', report.slice(0, 40));
