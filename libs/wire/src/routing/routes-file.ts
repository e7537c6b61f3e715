/** three-level, two-level: through levels of government; horizontal: a department and a vertical agency; vertical: vertical agencies only. */
export type RouteForm = 'three-level' | 'two-level' | 'horizontal' | 'vertical';

/** Through which units the cases of each procedure go (`kind: Routes`). A case follows the version of its own day of receipt. */
export interface RoutesFile {
  apiVersion: 'lienthong/v1';
  kind: 'Routes';
  routes: Route[];
}

export interface Route {
  procedure: string;
  /** Code of its field (MaLinhVuc): a successor may take over a field. */
  field?: string;
  /** Oldest first; each ends where the next begins. */
  versions: RouteVersion[];
}

export interface RouteVersion {
  validFrom: string;
  form: RouteForm;
  steps: RouteStep[];
}

export interface RouteStep {
  /**
   * `entry`: the unit that received the case; `commune`, `district`, `province`: that unit itself or what it is part of;
   * else the code of one unit.
   */
  at: string;
  work: { vi: string; en: string };
  /** Part of the term; all steps' add up to 1. */
  share?: number;
  /** Instead of shares, of all steps: hours of work. A case's own term is divided as they are. */
  hours?: number;
}
