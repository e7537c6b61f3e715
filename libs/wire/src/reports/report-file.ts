import type { LineDiscrepancy } from '../reconcile/discrepancy.js';

/** How a statutory report counts (deploy/reports): what a rule means is code, which rules hold since when is this. */
export type ReportFile = CaseReportFile | ServiceIndexFile;

export interface BothWords {
  vi: string;
  en: string;
}

/** How the dates of a case's end and due are judged; of what has no such dates the definition decides. */
export type Verdict = 'early' | 'on-time' | 'overdue';

/** Where the end of a case is read, the first that is there: what status 9 or 10 says it ended at, or when it was reported. */
export type EndOf = '9.finishedAt' | '10.finishedAt' | '9.at' | '10.at';

/** A report of case systems: received, resolved, in progress (II.06a/VPCP/KSTT). */
export interface CaseReportFile {
  apiVersion: 'lienthong/v1';
  kind: 'CaseReport';
  report: string;
  name: BothWords;
  /** Oldest first; a period goes by the version of its last day. */
  versions: CaseReportVersion[];
}

export interface CaseReportVersion {
  validFrom: string;
  /** Law or practice that says so, and how sure it is. */
  source: string;
  endedAt: EndOf[];
  /** Cases that were not received after all (3): as if they had never been, or resolved on that day. */
  refused: 'excluded' | 'resolved';
  withdrawn: Verdict;
  withoutDue: Verdict;
  /** Statuses in which a case that is open is in time, whatever its due date. */
  pauses: (5 | 6 | 8)[];
  form: ReportForm;
}

/** The form's own words and shape. Its columns are fixed by the code: the head names them. */
export interface ReportForm {
  number: string;
  letterhead: { left: string; right: string }[];
  title: string[];
  head: FormCell[][];
  signatures: string[];
  notes: string[];
}

export interface FormCell {
  text: string;
  columns?: number;
  rows?: number;
}

/** The portal's own judgement of the same cases, and the index that is made of it (QĐ 766). */
export interface ServiceIndexFile {
  apiVersion: 'lienthong/v1';
  kind: 'ServiceIndex';
  report: string;
  name: BothWords;
  versions: ServiceIndexVersion[];
}

export interface ServiceIndexVersion {
  validFrom: string;
  source: string;
  /** Agencies of this protocol are the portal. */
  portal: string;
  /** Which finishing status of the progress records is the end, the preferred one first. */
  finishedBy: (9 | 10)[];
  /** More requests for a supplement than this are overdue. */
  mostSupplements: number;
  /** What waits for its supplement is judged by when that was requested. */
  waitingEnds: boolean;
  /** Time spent waiting for supplements is taken off: all of it, its working days, or none. */
  deduct: 'elapsed' | 'working-days' | 'nothing';
  withdrawn: 'on-time' | 'overdue';
  /** Catalogue's words for units of a term. What isn't here is a term that can't be counted. */
  termUnits: Record<string, TermUnit>;
  progress: { most: number; digits: number };
  /**
   * Which discrepancies between our lines and the portal's say that a case of ours isn't there, that a line stands only there, or
   * stands there more often than once. Absent: as the hub comes with.
   */
  sync?: { notThere: LineDiscrepancy[]; onlyThere: LineDiscrepancy[]; doubledThere: LineDiscrepancy[] };
}

export type TermUnit = 'hours' | 'days' | 'working-days' | 'months';
