/** Levels of the one-stop: three of government, a department of the province, an agency of a ministry's own line. */
export type UnitLevel = 'province' | 'district' | 'commune' | 'department' | 'vertical';

/** The units whose one-stops receive and pass on cases (`kind: Units`), those that ended included: old cases name them. */
export interface UnitsFile {
  apiVersion: 'lienthong/v1';
  kind: 'Units';
  units: Unit[];
}

export interface Unit {
  /** Identifier by QĐ 20/2020/QĐ-TTg, e.g. H53.14. Never given to another unit. */
  code: string;
  /** What cases also call it, e.g. 000.00.14.H53 as in codes of TT 01/2018. */
  otherCodes?: string[];
  /** Five digits by QĐ 19/2025/QĐ-TTg, of a commune where it is known. */
  communeCode?: string;
  name: string;
  level: UnitLevel;
  /** The unit that it is part of; of a unit that has ended by a case's day its successor counts. */
  within?: string;
  /** Id of the connected system that serves it. Absent: it is served on paper, or through others. */
  agency?: string;
  validFrom: string;
  /** Its last day; absent: none is set. */
  validUntil?: string;
  /** Who has its cases from the day after: the first that fits. The last one names neither procedures nor fields. */
  succeededBy?: Successor[];
}

export interface Successor {
  unit: string;
  procedures?: string[];
  /** Codes of fields (MaLinhVuc), as the procedure's route says them. */
  fields?: string[];
}
