import {
  casesLeftBehind,
  checkRoutes,
  checkUnits,
  caseStatuses,
  isFinal,
  type OpenCases,
  type RoutingFault,
} from '#domain';
import type { RoutingFile } from '#wire';
import { agenciesIn, versionOn } from '../agencies.js';
import { ONE_AT_A_TIME, type By } from '../contracts/apply-agency.js';
import { isSame } from '../contracts/compare-contracts.js';
import type { Database, Runner } from '../database.js';
import { readRouting, routingOf, type RoutingFiles } from './read-routing.js';

export interface AppliedFile {
  kind: RoutingFile['kind'];
  serial: number;
  isChanged: boolean;
}

/** All are in force, or none is and everything stands as it did. A fault of a file that isn't among them stands under its kind, too. */
export type AppliedRouting =
  | { outcome: 'applied'; files: AppliedFile[] }
  | { outcome: 'faulty'; faults: { kind: RoutingFile['kind']; fault: RoutingFault }[] };

/** Makes them the units and routes in force, checked together with what of the other kind is in force, the contracts and the open cases. */
export function applyRouting(db: Database, files: readonly RoutingFile[], by: By): Promise<AppliedRouting> {
  return db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    const before = await readRouting(client);
    const after: RoutingFiles = { ...before, ...Object.fromEntries(files.map((file) => [file.kind, file])) };
    const faults = await faultsOf(client, after);
    if (faults.length > 0) return { outcome: 'faulty', faults };
    const applied: AppliedFile[] = [];
    for (const file of files) applied.push(await keep(client, file, !isSame(before[file.kind], file), by));
    return { outcome: 'applied', files: applied };
  });
}

async function faultsOf(
  client: Runner,
  files: RoutingFiles,
): Promise<{ kind: RoutingFile['kind']; fault: RoutingFault }[]> {
  const agencies = await agenciesIn(client);
  const routing = routingOf(files);
  const units = checkUnits(routing.units, new Set(agencies.map(({ id }) => id)));
  if (units.length > 0) return units.map((fault) => ({ kind: 'Units', fault }));
  const receiversOn = (day: string) =>
    agencies.flatMap((agency) => {
      const version = versionOn(agency, day);
      return version ? [{ agency: agency.id, receives: version.receives }] : [];
    });
  const routes = checkRoutes(files.Routes?.routes ?? [], routing, receiversOn);
  if (routes.length > 0) return routes.map((fault) => ({ kind: 'Routes', fault }));
  return (await leftBehind(client, files)).map((fault) => ({ kind: 'Units', fault }));
}

/** Units that end with nobody to take over what is open there. */
async function leftBehind(client: Runner, files: RoutingFiles): Promise<RoutingFault[]> {
  const units = files.Units?.units ?? [];
  if (units.every(({ validUntil, succeededBy }) => validUntil === undefined || succeededBy !== undefined)) return [];
  const open = await client.query<OpenCases>({
    name: 'routing.open-cases',
    text: `select unit, procedure, opened_on::text as "openedOn", count(*)::int as count from streams
      where unit is not null and merged_into is null and status <> all ($1::smallint[]) group by 1, 2, 3`,
    values: [caseStatuses.map(({ code }) => code).filter(isFinal)],
  });
  return [...casesLeftBehind(routingOf(files), open.rows)].map(([unit, count]) => ({
    path: `/units/${units.findIndex(({ code }) => code === unit.code)}/validUntil`,
    rule: 'needs:succeededBy',
    detail: String(count),
  }));
}

async function keep(client: Runner, file: RoutingFile, isChanged: boolean, by: By): Promise<AppliedFile> {
  const { rows } = isChanged
    ? await client.query<{ serial: number }>({
        name: 'routing.keep',
        text: `insert into routing_history (kind, serial, document, author, note, rolled_back_to)
          select $1, coalesce(max(serial), 0) + 1, $2, $3, $4, $5 from routing_history where kind = $1 returning serial`,
        values: [file.kind, file, by.author, by.note, by.rolledBackTo ?? null],
      })
    : await client.query<{ serial: number }>({
        name: 'routing.serial',
        text: `select max(serial) as serial from routing_history where kind = $1`,
        values: [file.kind],
      });
  return { kind: file.kind, serial: rows[0]!.serial, isChanged };
}
