export type Level = 'province' | 'commune';

export interface ProcedureRow {
  code: string;
  /** As it is told, blanks included. */
  name: string;
  field: string;
  levels: Level[];
  days: number;
  /** '' as some rows have it. */
  executing?: string;
}
