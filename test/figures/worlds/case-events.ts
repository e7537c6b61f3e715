import type { EntryItem } from '#ledger';
import type { CaseApplication, Coded, StatusChange } from '#wire';

export interface SeedCase {
  sender: string;
  code: string;
  procedure: Coded;
  unit: Coded;
  province: Coded;
  channel: CaseApplication['channel'];
  /** Days, ISO. */
  received: string;
  due: string;
  finished?: string;
}

/** The two events that the statutory figures count: entered, and ended. Progress between them changes none. */
export function eventsOf(seed: SeedCase): EntryItem[] {
  const { sender, code, procedure, unit, received, due, finished } = seed;
  const at = (day: string, time: string): string => `${day}T${time}+07:00`;
  const application: CaseApplication = {
    code,
    procedure,
    unit,
    province: seed.province,
    channel: seed.channel,
    submittedAt: at(received, '08:00:00'),
    receivedAt: at(received, '08:00:00'),
    dueAt: at(due, '17:00:00'),
    summary: procedure.name,
    applicant: { name: 'Người nộp Mẫu', kind: 'citizen' },
    returnBy: 'counter',
    status: 2,
  };
  const entered: EntryItem = {
    sender,
    key: code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: code,
    data: application as never,
    opens: { procedure: procedure.code, openedOn: received, dueAt: application.dueAt!, unit: unit.code },
    status: 2,
  };
  if (finished === undefined) return [entered];
  const ended: StatusChange = { status: 9, at: at(finished, '16:00:00'), finishedAt: at(finished, '16:00:00') };
  const item: EntryItem = {
    sender,
    key: `${code}/9`,
    type: 'vn.lienthong.case.status-changed.v1',
    caseCode: code,
    data: ended as never,
    status: 9,
  };
  return [entered, item];
}

/** Daily numbers, four digits, by unit. */
export class CaseCodes {
  private readonly given = new Map<string, number>();

  next(unit: string, day: string, from = 0): string {
    const number = (this.given.get(`${unit} ${day}`) ?? from) + 1;
    this.given.set(`${unit} ${day}`, number);
    return `${unit}-${day.slice(2).replaceAll('-', '')}-${String(number).padStart(4, '0')}`;
  }
}
