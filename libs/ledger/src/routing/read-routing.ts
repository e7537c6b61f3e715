import { Routing, Units } from '#domain';
import type { RoutesFile, RoutingFile, UnitsFile } from '#wire';
import type { Runner } from '../database.js';

export interface KeptRouting {
  kind: RoutingFile['kind'];
  serial: number;
  appliedAt: Date;
  author: string;
  note: string | null;
  rolledBackTo: number | null;
}

/** What is in force; both absent: nothing was ever applied. */
export interface RoutingFiles {
  Units?: UnitsFile;
  Routes?: RoutesFile;
}

const NEWEST = `
select distinct on (kind) kind, serial, document from routing_history order by kind, serial desc`;

export async function readRouting(db: Runner): Promise<RoutingFiles> {
  const { rows } = await db.query<{ kind: RoutingFile['kind']; document: RoutingFile }>({
    name: 'routing.newest',
    text: NEWEST,
  });
  return Object.fromEntries(rows.map(({ kind, document }) => [kind, document]));
}

/** Changes where anything was applied. */
export async function routingSerials(db: Runner): Promise<string> {
  const { rows } = await db.query<{ serials: string | null }>({
    name: 'routing.serials',
    text: `select string_agg(kind || serial, ' ' order by kind) as serials from (select kind, max(serial) as serial from routing_history group by 1) h`,
  });
  return rows[0]?.serials ?? '';
}

/** Newest first. */
export async function routingHistory(db: Runner): Promise<KeptRouting[]> {
  const { rows } = await db.query<KeptRouting>({
    name: 'routing.history',
    text: `select kind, serial, applied_at as "appliedAt", author, note, rolled_back_to as "rolledBackTo"
      from routing_history order by applied_at desc, kind`,
  });
  return rows;
}

/** A file of an earlier serial, to be applied again. */
export async function earlierRouting(
  db: Runner,
  kind: RoutingFile['kind'],
  serial: number,
): Promise<RoutingFile | undefined> {
  const { rows } = await db.query<{ document: RoutingFile }>({
    name: 'routing.earlier',
    text: `select document from routing_history where kind = $1 and serial = $2`,
    values: [kind, serial],
  });
  return rows[0]?.document;
}

export const routingOf = ({ Units: units, Routes: routes }: RoutingFiles): Routing =>
  new Routing(new Units(units?.units ?? []), routes?.routes ?? []);
