import type { Template } from '../mapping.js';
import type { ReplyRule } from '../reply-rule.js';
import type { ComparedField } from './line.js';
import type { RepairPolicy } from './discrepancy.js';

/**
 * How the two sides' books are compared. `books`: item by item, for partners that keep a journal of what arrived (stand-ins;
 * `lienthong reconcile run`). All others give lines: what stands at the partner now, a line a case.
 */
export type Reconcile = { by: 'books'; url: string } | ReconcileLines;

export type ReconcileLines = LinesCommon &
  (ByDigest | ByList | ByLookUp | ByDailyFile | ({ by: 'spreadsheet' } & Table));

interface LinesCommon {
  /** When the day's comparison begins, Asia/Ho_Chi_Minh; 23:00 unless said. */
  at?: string;
  /** How far back lines are compared, by the day of receipt; 90d unless said. */
  days?: string;
  /** What a line is hashed over, in this order. */
  compares: ComparedField[];
  repairs?: RepairPolicy;
}

/** The partner serves our digest API (docs/reconciliation.md): `GET <url>/digests`, `GET <url>/lines`. */
interface ByDigest {
  by: 'digest';
  url: string;
  /** Name of the secret sent as bearer token. */
  secret?: string;
}

/**
 * Each case of ours is asked for alone. Without `operation`: by the protocol's own question for one case, or as `collect`
 * asks; status, resultNumber, resultFile and resultStands are all that it tells then. Protocol `http` may name an operation;
 * its templates read `code` and `key`, `row` what it answers.
 */
interface ByLookUp extends Row {
  by: 'look-up';
  operation?: string;
  /** An answer that shows the case; default: status 2xx. */
  shows?: ReplyRule['when'];
  /** An answer that says that there is no such case; looked for first. Any other answer ends the comparison. */
  absent?: ReplyRule['when'];
  /** Where the row stands in it (of a list, its only one); absent: the answer itself. */
  rows?: string;
}

/**
 * paged-list: all cases received in a range of days, page by page. status-list: the present states of cases that we name, or
 * of all. Protocol `http` names the `operation`; its templates read `range.from`, `range.to`, `keys`, `cursor`. Other
 * protocols have their own call and need none of this.
 */
interface ByList extends Row {
  by: 'paged-list' | 'status-list';
  operation?: string;
  /** An answer that is a page; default: status 2xx. */
  page?: ReplyRule['when'];
  /** Where its rows stand; absent: the answer itself. */
  rows?: string;
  cursor?: { answer: string } | { lastRow: string } | { page: number };
  more?: ReplyRule['when'];
  /** Where the answer says how many rows there are on all pages: a list that moved is known by it. */
  total?: string;
  /** status-list: most keys named in one request; absent: the list has all. */
  keysAtOnce?: number;
}

/** How a row is read: templates of a mapping that read `row`. `key` is the partner's key as our books write it. */
export interface Row {
  row?: { key: Template; receivedOn?: Template } & Partial<Record<ComparedField, Template>>;
}

/** A file that the partner leaves each day, by address or in the folder LIENTHONG_DAILY_FILES/<agency>; `{date}` is yyyyMMdd. */
interface ByDailyFile extends Table {
  by: 'daily-file';
  file: string;
  secret?: string;
}

/** XLSX or CSV. `columns`: short name → text of its head, as written; a head may span two rows. Without the sheet's name, the first. */
export interface Table extends Row {
  format?: 'xlsx' | 'csv';
  sheet?: string;
  columns?: Record<string, string>;
  /** CSV. What separates its columns; found by its head unless said. */
  delimiter?: ',' | ';' | 'tab';
  /** CSV. utf-8 unless said; a byte that this charset hasn't refuses the file. */
  charset?: Charset;
  /** What the first cell of the file's last row begins with (“Tổng cộng”): without it the file was cut short. Signatures may follow. */
  end?: string;
  /** Percent of either side's cases that the other one must have, or the file is taken for a wrong one; unless said 50 of a spreadsheet, 0 of a daily file. */
  leastMatch?: number;
}

export type Charset = 'utf-8' | 'utf-16le' | 'windows-1258' | 'windows-1252';

/** The ways of a contract version, in the order of its file. */
export const waysOf = ({ reconcile }: { reconcile?: Reconcile | Reconcile[] | undefined }): Reconcile[] =>
  reconcile === undefined ? [] : Array.isArray(reconcile) ? reconcile : [reconcile];
