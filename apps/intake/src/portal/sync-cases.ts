import { applicationOf, readCase, type FileAt, type ReadCase } from '#connectors';
import type { SenderView } from '#ledger';
import type { EventType, FileReference, Json } from '#wire';
import type { EnterReport } from '../enter/enter-report.js';
import { dayOf, type Report } from '../enter/to-entry-item.js';
import { outcomeOf, refusedFor, type RowOutcome } from './door-answer.js';
import { stateIn, stateOf, textOf } from './door-state.js';
import type { FindFiles } from './find-files.js';
import type { Opening } from './opening.js';
import { canAllFollow, stepsOf, type Step } from './steps-of.js';
import { filled, words } from './wording.js';

export interface DoorPorts {
  view(sender: string, code: string): Promise<SenderView | undefined>;
  enterReport: EnterReport;
  files: FindFiles;
  /** RFC 3339. */
  now(): string;
  count(outcome: string): void;
}

type Arrived = ReadCase & { came: unknown };

/** Whoever is overtaken this often shares its case with a flood: it is told to come again. */
const MOST_LOOKS = 5;

const typeOf: Record<Exclude<Step['what'], 'nothing'>, EventType> = {
  received: 'vn.lienthong.case.received.v1',
  supplemented: 'vn.lienthong.case.supplemented.v1',
  'result-issued': 'vn.lienthong.case.result-issued.v1',
  'status-changed': 'vn.lienthong.case.status-changed.v1',
  withdrawn: 'vn.lienthong.case.withdrawn.v1',
};
const fieldOf: Record<Step['what'], string> = {
  received: 'isUpdating',
  supplemented: 'isUpdating',
  'result-issued': 'DanhSachGiayToKetQua',
  'status-changed': 'TrangThaiHoSo',
  withdrawn: 'TrangThaiHoSo',
  nothing: 'TrangThaiHoSo',
};

/** DongBoHoSoMC: one item, entered as the events that it stands for. */
export class SyncCases {
  constructor(private readonly ports: DoorPorts) {}

  async run(opening: Opening, members: unknown, isUpdating: boolean): Promise<RowOutcome> {
    const read = readCase(members, opening);
    if (read.kind === 'faults') {
      this.ports.count('invalid-payload');
      return refusedFor(read.faults);
    }
    const item = { ...read.value, came: members };
    for (let look = 1; look <= MOST_LOOKS; look++) {
      const view = await this.ports.view(opening.agency, item.application.code);
      const outcome = isUpdating ? await this.update(opening, item, view) : await this.add(opening, item, view);
      if (outcome !== 'overtaken') return outcome;
    }
    return { kind: 'busy' };
  }

  /** A case that is there is answered as the portal does, whatever the item says: its sender then sends an update. */
  private async add(opening: Opening, item: Arrived, view: SenderView | undefined): Promise<RowOutcome | 'overtaken'> {
    const { code } = item.application;
    if (!view) return this.enter(opening, item, undefined);
    if (view.enteredBy !== opening.agency) return outcomeOf('case', { code: 'not-your-case' }, code);
    const state = textOf(stateOf(item, isOthers(opening, view)));
    const noted = state === view.state ? await this.note(opening, item, state) : undefined;
    return noted?.kind === 'busy' ? noted : { kind: 'known', code };
  }

  private async update(
    opening: Opening,
    item: Arrived,
    view: SenderView | undefined,
  ): Promise<RowOutcome | 'overtaken'> {
    const { code } = item.application;
    return view ? this.enter(opening, item, view) : outcomeOf('case', { code: 'unknown-case' }, code);
  }

  private async enter(
    opening: Opening,
    item: Arrived,
    view: SenderView | undefined,
  ): Promise<RowOutcome | 'overtaken'> {
    const standing = view && {
      status: view.status,
      said: stateIn(view.state),
      resultIsOthers: isOthers(opening, view),
    };
    const steps = stepsOf(item, standing, this.ports.now());
    const { code } = item.application;
    const notAllowed = steps.find((step) => !this.maySend(opening, item, step));
    if (notAllowed) {
      const reason = filled(words.notYourEvent, { field: fieldOf[notAllowed.what] });
      return this.refused('not-your-event', { kind: 'refused', reason });
    }
    if (!canAllFollow(steps, view?.status ?? null))
      return this.refused('status-cannot-follow', outcomeOf('case', { code: 'status-cannot-follow' }, code));
    const files = await this.filesOf(opening, item, steps);
    if ('kind' in files) return files;
    const reports = reportsOf(opening.agency, item, steps, view?.state ?? null, files.contentOf);
    // Nothing is entered of an item of which a part can't be.
    for (const { report, what } of reports) {
      const refusal = this.ports.enterReport.check(report);
      if (refusal) return this.refused(refusal.code, outcomeOf(what, refusal, code));
    }
    for (const { report, what } of reports) {
      const outcome = await this.ports.enterReport.run(report, 'portal');
      const isThere =
        outcome.kind === 'held' ? outcome.answer.outcome === 'repeated' : outcome.refusal.code === 'conflicting-body';
      // Only an add has a key: somebody was faster with this very case.
      if (isThere) return { kind: 'known', code };
      if (outcome.kind === 'refused') return outcome.isOvertaken ? 'overtaken' : outcomeOf(what, outcome.refusal, code);
    }
    return { kind: 'taken' };
  }

  private refused(counted: string, outcome: RowOutcome): RowOutcome {
    this.ports.count(counted);
    return outcome;
  }

  private maySend({ agency }: Opening, { application }: ReadCase, { what }: Step): boolean {
    const type = typeOf[what === 'nothing' ? 'status-changed' : what];
    const day = what === 'received' ? dayOf(application.receivedAt) : undefined;
    return this.ports.enterReport.maySend(agency, type, day);
  }

  /** Of events that name files; what a status alone tells needs none. */
  private async filesOf(
    { filesFrom }: Opening,
    item: ReadCase,
    steps: readonly Step[],
  ): Promise<RowOutcome | { contentOf: (file: FileAt) => FileReference }> {
    const isTold = (...kinds: Step['what'][]): boolean => steps.some(({ what }) => kinds.includes(what));
    const documents = isTold('received', 'supplemented') ? item.documents : [];
    const results = isTold('result-issued') ? item.results : [];
    const ofDocuments = await this.ports.files.find(documents, filesFrom);
    if (ofDocuments.kind === 'missing') return noFile('DuongDanTaiTepTin');
    const ofResults = await this.ports.files.find(results, filesFrom);
    if (ofResults.kind === 'missing') return noFile('DuongDanTepTinKetQua');
    return { contentOf: (file) => (results.includes(file) ? ofResults : ofDocuments).contentOf(file) };
  }

  /** An item that says what it said last: a receipt. */
  private async note({ agency }: Opening, item: ReadCase, state: string): Promise<RowOutcome> {
    const { code, receivedAt } = item.application;
    const type = 'vn.lienthong.case.status-changed.v1';
    const data = { status: item.status, at: receivedAt };
    const compared = { with: state, isNews: false };
    const report: Report = { sender: agency, key: null, type, code, data, at: AT, state, compared };
    const outcome = await this.ports.enterReport.run(report, 'portal');
    return outcome.kind === 'held' ? { kind: 'taken' } : outcomeOf('case', outcome.refusal, code);
  }
}

const AT = { data: '', code: '/code' } as const;
const isOthers = ({ agency }: Opening, { resultFrom }: SenderView): boolean =>
  resultFrom !== null && resultFrom !== agency;

const noFile = (field: string): RowOutcome => ({ kind: 'refused', reason: filled(words.noFile, { field }) });

/** The add has the key that POST /v1/cases would give it; of what changed later the ledger makes one. */
function reportsOf(
  sender: string,
  item: Arrived,
  steps: readonly Step[],
  saidBefore: string | null,
  contentOf: (file: FileAt) => FileReference,
): { report: Report; what: 'case' | 'result' }[] {
  const { code } = item.application;
  let said = saidBefore;
  return steps.map((step) => {
    const state = textOf(step.state);
    const type = typeOf[step.what === 'nothing' ? 'status-changed' : step.what];
    const data = dataOf(item, step, contentOf);
    const known =
      step.what === 'received'
        ? { key: `case:${code}` }
        : { key: null, compared: { with: said, isNews: step.what !== 'nothing' } };
    said = state;
    const what = step.what === 'result-issued' ? ('result' as const) : ('case' as const);
    return { report: { sender, type, code, data, at: AT, state, came: item.came, ...known }, what };
  });
}

function dataOf(item: ReadCase, step: Step, contentOf: (file: FileAt) => FileReference): Json {
  switch (step.what) {
    case 'received':
    case 'supplemented':
      return applicationOf(item, contentOf, step.status) as unknown as Json;
    case 'result-issued':
      return { status: 9, at: step.at, documents: item.results.map(contentOf) } as unknown as Json;
    case 'status-changed':
    case 'withdrawn':
      return step.data as unknown as Json;
    case 'nothing':
      return { status: item.status, at: item.application.receivedAt };
  }
}
