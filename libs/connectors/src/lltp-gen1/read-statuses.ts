import type { Reported } from '../connector.js';
import { endOfDay, fromDayMonthYear, toRfc3339 } from '../field-formats.js';
import type { Translate } from '../mapping/code-tables.js';

type Members = Record<string, unknown>;

/** One news list, and what tells the partner that it is taken; undefined: nothing new. */
export interface StatusList {
  reports: Reported[];
  /** DECLARATION_ID of every row, also of those that name no case of ours: they would come for ever. */
  taken: string[];
}

/**
 * traDsTrangThaiHs, in the order of the list. A row that can't be read isn't left out: it is reported as it stands, so that
 * intake refuses it and keeps it for a person.
 */
export function readStatusList(answer: unknown, status: Translate, now: number): StatusList | undefined {
  const rows = membersOf(answer)?.['LISTCONTENT'];
  if (!Array.isArray(rows)) return undefined;
  const list: StatusList = { reports: [], taken: [] };
  for (const row of rows.map((each) => membersOf(each) ?? {})) {
    list.reports.push(statusReport(row, textOf(row['RECEIVE_NO']), status, now));
    const id = textOf(row['DECLARATION_ID']);
    // Joined by semicolons on the way back: one inside would acknowledge something else.
    if (id !== '' && !id.includes(';')) list.taken.push(id);
  }
  return list;
}

/** One case's status as this interface tells it; undefined: the answer holds none. */
export function readStatus(answer: unknown, caseCode: string, status: Translate, now: number): Reported | undefined {
  const row = membersOf(answer);
  return row && textOf(row['DEC_STATUS_ID']) !== '' ? statusReport(row, caseCode, status, now) : undefined;
}

/** No document comes with it in this generation: a finished record is a status. */
function statusReport(row: Members, caseCode: string, status: Translate, now: number): Reported {
  const stands = textOf(row['DEC_STATUS_ID']);
  const known = status(stands, toRfc3339(now).slice(0, 10));
  const name = textOf(row['DEC_STATUS_NAME']);
  const data = {
    status: known === undefined ? stands : Number(known),
    at: toRfc3339(happened(row, now)),
    ...(name === '' ? {} : { note: name }),
  };
  return {
    type: 'vn.lienthong.case.status-changed.v1',
    caseCode,
    data: data,
    state: String(data.status),
    files: [],
    came: row,
  };
}

/** The partner names days only: not later than the day's end, so that a list fetched late makes no case late. */
function happened(row: Members, now: number): number {
  const day = fromDayMonthYear(textOf(row['ISSUE_DATE'])) ?? fromDayMonthYear(textOf(row['APPROVE_DATE']));
  return day === undefined ? now : Math.min(now, endOfDay(day));
}

const membersOf = (value: unknown): Members | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : undefined;
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.normalize('NFC').trim() : typeof value === 'number' ? String(value) : '';
