import { routedTypes } from '#domain';
import { eventTypes, shortType } from '#wire';
import { versionOn, type Agency } from '../agencies.js';
import type { Runner } from '../database.js';
import { routingOf, type RoutingFiles } from './read-routing.js';

/** Part of a count's temporary tables: what agencies get by routes and by nothing else. Empty where there are no routes. */
export const BY_ROUTE_TABLE = `
create temp table by_route (agency text collate "C" not null, stream_id bigint not null, sequence integer not null)`;

const TABLES = `
create temp table on_route (unit text not null, procedure text not null, opened integer not null, era integer not null, agency text collate "C" not null);
create temp table routed_types (procedure text not null, opened integer not null, agency text collate "C" not null, type text collate "C" not null)`;

const recordedEra = (days: string): string =>
  `width_bucket((e.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date, ${days}::date[])`;

/** $1 the days on which something changes, $2 procedures that have routes. Between two such days every answer is the same. */
const KINDS = `
select distinct coalesce(s.unit, '') as unit, s.procedure, width_bucket(s.opened_on, $1::date[]) as opened, ${recordedEra('$1')} as era
from streams s join events e on e.stream_id = s.id where s.procedure = any ($2::text[])`;

const ON_ROUTE = `insert into on_route select * from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::text[])`;
const ROUTED_TYPES = `insert into routed_types select distinct * from unnest($1::text[], $2::int[], $3::text[], $4::text[])`;

/**
 * The plan's rule in one piece: whoever is on the route on the day of some event gets that event and, unless it entered the
 * case, all before it, of the types that it asks for. $1 as above, $2 first days of contract versions. What the contracts
 * give anyhow is left out.
 */
const BY_ROUTE = `
insert into by_route
with s as (
  select s.id, s.entered_by, s.procedure, coalesce(s.unit, '') as unit, width_bucket(s.opened_on, $1::date[]) as opened,
    width_bucket(s.opened_on, $2::date[]) as contract_era
  from streams s where s.procedure in (select procedure from routed_types)),
there as (
  select s.id, o.agency, s.entered_by = o.agency as entered, e.sequence
  from s join events e on e.stream_id = s.id
  join on_route o on o.unit = s.unit and o.procedure = s.procedure and o.opened = s.opened and o.era = ${recordedEra('$1')}),
gets as (
  select e.stream_id, e.sequence, r.agency from (select id, agency, max(sequence) as reach from there where not entered group by 1, 2) r
  join events e on e.stream_id = r.id and e.sequence <= r.reach
  union all select id, sequence, agency from there where entered)
select g.agency, g.stream_id, g.sequence
from gets g join events e on e.stream_id = g.stream_id and e.sequence = g.sequence join s on s.id = g.stream_id
join routed_types y on y.procedure = s.procedure and y.opened = s.opened and y.agency = g.agency and y.type = e.type
where e.sender <> g.agency
  and not exists (
    select from entitled n where n.procedure = s.procedure and n.entered_by = s.entered_by and n.era = s.contract_era and n.type = e.type
      and n.sender = e.sender and n.agency = g.agency)
  and not exists (
    select from merges m join entitled n on n.entered_by = m.entered_by where m.stream_id = s.id and e.sequence >= m.since
      and n.procedure = s.procedure and n.era = s.contract_era and n.type = e.type and n.sender = e.sender and n.agency = g.agency)`;

/** Who is on which route, decided anew by the plan's own rule; fills `by_route`. After `entitled` and `merges`. */
export async function expectByRoute(
  client: Runner,
  files: RoutingFiles,
  agencies: readonly Agency[],
  contractEras: readonly string[],
): Promise<void> {
  const procedures = (files.Routes?.routes ?? []).map(({ procedure }) => procedure);
  if (procedures.length === 0) return;
  const routing = routingOf(files);
  const days = [...new Set([...routing.days, ...contractEras])].sort();
  const dayOf = (era: number): string => days[era - 1] ?? '0001-01-01';
  const { rows: kinds } = await client.query<Kind>({ text: KINDS, values: [days, procedures] });
  const onRoute = kinds.flatMap((kind) => {
    const of = { unit: kind.unit === '' ? null : kind.unit, procedure: kind.procedure, openedOn: dayOf(kind.opened) };
    return routing.onRoute(of, dayOf(kind.era)).agencies.map((agency) => ({ ...kind, agency }));
  });
  const asked = onRoute.flatMap(({ procedure, opened, agency }) => {
    const receives = agencies.find(({ id }) => id === agency);
    const version = receives && versionOn(receives, dayOf(opened));
    const types = version ? routedTypes(version, procedure) : [];
    return eventTypes
      .filter((type) => types.includes(shortType(type)))
      .map((type) => ({ procedure, opened, agency, type }));
  });
  await client.query({ text: TABLES });
  await client.query({ text: ON_ROUTE, values: columnsOf(onRoute, ['unit', 'procedure', 'opened', 'era', 'agency']) });
  await client.query({ text: ROUTED_TYPES, values: columnsOf(asked, ['procedure', 'opened', 'agency', 'type']) });
  await client.query({ text: 'analyze on_route' });
  await client.query({ text: BY_ROUTE, values: [days, contractEras] });
  await client.query({ text: 'analyze by_route' });
}

interface Kind {
  unit: string;
  procedure: string;
  opened: number;
  era: number;
}

const columnsOf = <T>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]));
