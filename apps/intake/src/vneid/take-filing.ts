import type { WorkingCalendar } from '#domain';
import { caseCodeOf, readFiling, type Filing, type FilingDoor } from '#connectors';
import type { Database, SenderView } from '#ledger';
import { itemHash, type CaseApplication, type Json } from '#wire';
import type { EnterReport } from '../enter/enter-report.js';
import { dayOf, type Report } from '../enter/to-entry-item.js';
import { dueAfter } from './due.js';
import { answerTo, busy, refusedAs, refusedFor, taken, type FilingAnswer } from './filing-answer.js';
import { wasIssued } from './issue-code.js';
import { keepPapers, readPapers, type Paper } from './papers.js';
import { words } from './wording.js';

export interface FilingPorts {
  db: Database;
  view(sender: string, code: string): Promise<SenderView | undefined>;
  enterReport: EnterReport;
  /** By the version in force on the case's own day: procedure and term are rules, not transport. */
  doorOn(agency: string, day: string): FilingDoor | undefined;
  /** As cases know it that this unit receives on that day; undefined: there is none. */
  calendarOn(day: string, unit: string): WorkingCalendar | undefined;
  /** RFC 3339. */
  now(): string;
  count(outcome: string): void;
}

/** Whoever is overtaken this often shares its case with a flood: it is told to come again. */
const MOST_LOOKS = 5;
const SUPPLEMENT_WANTED = 5;
const AT = { data: '', code: '/maHoSoMCDT' } as const;

interface Arrived {
  agency: string;
  door: FilingDoor;
  filing: Filing;
  application: CaseApplication;
  papers: Paper[];
  state: string;
  came: unknown;
}

/** TaoHoSo: a case that is filed, or supplemented while it waits for that. The very same again has no effect. */
export class TakeFiling {
  constructor(private readonly ports: FilingPorts) {}

  async run(agency: string, door: FilingDoor, body: unknown): Promise<FilingAnswer> {
    const arrived = this.read(agency, door, body);
    if ('body' in arrived) return arrived;
    for (let look = 1; look <= MOST_LOOKS; look++) {
      const view = await this.ports.view(agency, arrived.filing.code);
      const answer = view ? await this.again(arrived, view) : await this.first(arrived);
      if (answer !== 'overtaken') return answer;
    }
    return busy;
  }

  private read(agency: string, door: FilingDoor, body: unknown): Arrived | FilingAnswer {
    const read = readFiling(body, door);
    if (read.kind === 'faults') return this.refused('invalid-payload', refusedFor(read.faults));
    const filing = read.value;
    const papers = readPapers(filing.papers);
    if (!papers) return this.refused('invalid-payload', refusedFor([{ field: 'duLieu', rule: 'malformed' }]));
    const receivedOn = dayOf(filing.application.receivedAt);
    const { procedure, termDays } = this.ports.doorOn(agency, receivedOn) ?? door;
    const calendar = this.ports.calendarOn(receivedOn, filing.application.unit.code);
    const application: CaseApplication = {
      ...filing.application,
      procedure: filing.procedure ?? procedure,
      ...(termDays === undefined ? {} : { dueAt: dueAfter(receivedOn, termDays, calendar) }),
      ...(papers.length > 0 ? { documents: papers.map(({ reference }) => reference) } : {}),
    };
    return { agency, door, filing, application, papers, state: stateOf(body, papers), came: body };
  }

  private async first(arrived: Arrived): Promise<FilingAnswer | 'overtaken'> {
    const { agency, filing, application, state, came } = arrived;
    if (!(await this.wasIssued(arrived))) return this.refused('not-issued', refusedAs(words.notIssued));
    const type = 'vn.lienthong.case.received.v1';
    const data = { ...application, status: 2 };
    const report: Report = {
      sender: agency,
      key: `case:${filing.code}`,
      type,
      code: filing.code,
      data,
      state,
      came,
      at: AT,
    };
    return this.enter(report, arrived);
  }

  /** To this agency, and written as it was given: another unit's code is another's case to come. */
  private async wasIssued({ agency, door, filing: { code, issued } }: Arrived): Promise<boolean> {
    const then = this.ports.doorOn(agency, issued.day) ?? door;
    return code === caseCodeOf(then, issued.day, issued.number) && (await wasIssued(this.ports.db, issued));
  }

  /** An answer that was lost is asked for by the same body: it gets the earlier answer, and nothing happens. */
  private async again(arrived: Arrived, view: SenderView): Promise<FilingAnswer | 'overtaken'> {
    const { agency, filing, application, state, papers, came } = arrived;
    if (view.enteredBy !== agency) return this.refused('not-your-case', refusedAs(words.notYours));
    const isSame = view.state === state;
    if (view.status === SUPPLEMENT_WANTED) {
      // Taken for a repeat it would be swallowed, taken for a supplement it would send back what was found wanting.
      if (isSame) return this.refused('unchanged-supplement', refusedAs(words.unchanged));
    } else if (!isSame) return this.refused('status-cannot-follow', refusedAs(words.notWaiting));
    const supplement = { receivedAt: this.ports.now() };
    const report: Report = {
      sender: agency,
      key: null,
      type: 'vn.lienthong.case.supplemented.v1',
      code: filing.code,
      data: { ...application, supplement },
      state,
      compared: { with: view.state, isNews: !isSame },
      ...(isSame ? {} : { onlyFrom: SUPPLEMENT_WANTED }),
      came,
      at: AT,
    };
    return this.enter(report, { papers: isSame ? [] : papers });
  }

  private async enter(report: Report, { papers }: Pick<Arrived, 'papers'>): Promise<FilingAnswer | 'overtaken'> {
    const refusal = this.ports.enterReport.check(report);
    if (refusal) return this.refused(refusal.code, this.told(refusal));
    await keepPapers(this.ports.db, papers);
    const outcome = await this.ports.enterReport.run(report, 'lltp');
    if (outcome.kind === 'held') return taken;
    // Somebody was faster with another body for this very code.
    if (outcome.isOvertaken || outcome.refusal.code === 'conflicting-body') return 'overtaken';
    return this.told(outcome.refusal);
  }

  private told(refusal: Parameters<typeof answerTo>[0]): FilingAnswer {
    if (refusal.code !== 'invalid-payload') return answerTo(refusal);
    const fields = new Set(
      (refusal.faults ?? []).map(({ path }) => path.split('/').filter(Boolean).at(-1) ?? 'toKhai'),
    );
    return refusedFor([...fields].map((field) => ({ field, rule: 'malformed' })));
  }

  private refused(counted: string, answer: FilingAnswer): FilingAnswer {
    this.ports.count(counted);
    return answer;
  }
}

/** What came, and nothing of ours, so that a changed setting makes no news of a repeat; papers by their content. */
function stateOf(body: unknown, papers: readonly Paper[]): string {
  const members = body as { toKhai: Record<string, Json> };
  const giayToDinhKem = papers.map(({ reference }) => ({ ...reference }));
  return `vneid1 ${itemHash({ ...members, toKhai: { ...members.toKhai, giayToDinhKem } })}`;
}
