import { spokenTerms, usualSpoken, type ContractVersion, type Protocol, type Spoken } from '#wire';
import { readAgencies, versionOn } from './agencies.js';
import type { Database } from './database.js';
import { lagOf, type FeedLag } from './feeds.js';
import { today } from './hub-clock.js';

/** The ways by which an agency gets the hub's own events, whatever it does with them. */
export const consumerWays = ['topic', 'webhook', 'feed'] as const satisfies readonly Protocol[];

export interface Consumer {
  agency: string;
  way: (typeof consumerWays)[number];
  /** Events planned for it whose delivery hasn't ended; at most MOST_OPEN are counted. */
  open: number;
  /** Seconds since the oldest of those was planned; null: none. */
  oldestSeconds: number | null;
  /** The version of events that it reads, and its last day; null: no end is set. */
  speaks: Spoken;
  until: string | null;
  /** Of topics: the consumer group with which it reads, as far as its file says. */
  group?: string;
  /** What it has read and acknowledged; only of feeds. */
  feed?: { last: number; acknowledged: number; lag: FeedLag };
}

/** "20,000 or more" says enough, and asking stays cheap during an outage. */
export const MOST_OPEN = 20_000;

/** Open lanes are those that somebody holds or that wait for something: both have their index. */
const OPEN = `
select a.id, count(d.sequence)::int as open, extract(epoch from clock_timestamp() - min(d.planned_at))::float8 as oldest,
  f.last::float8, f.acknowledged::float8, extract(epoch from clock_timestamp() - min(e.appended_at))::float8 as behind
from unnest($1::text[]) as a(id)
left join lateral (
  select d.sequence, d.planned_at from (
    (select stream_id, done from lanes where agency_id = a.id and wait = 'turn' limit $2)
    union all (select stream_id, done from lanes where agency_id = a.id and wait = 'timer' limit $2)
    union all (select stream_id, done from lanes where agency_id = a.id and wait = 'person' limit $2)
    union all (select stream_id, done from lanes where agency_id = a.id and wait is null and worker is not null limit $2)) l
  join deliveries d on d.stream_id = l.stream_id and d.agency_id = a.id and d.sequence > l.done and d.state in ('open', 'parked')
  limit $2) d on true
left join feeds f on f.agency_id = a.id
left join feed_entries e on e.agency_id = f.agency_id and e.position = greatest(f.acknowledged, f.cleared) + 1
group by a.id, f.last, f.acknowledged order by a.id`;

interface Row {
  id: string;
  open: number;
  oldest: number | null;
  last: number | null;
  acknowledged: number | null;
  behind: number | null;
}

/** Every agency that today gets events by one of these ways, and how far behind it is. */
export async function readConsumers(db: Database): Promise<Consumer[]> {
  const contracts = new Map<string, ContractVersion>();
  for (const agency of await readAgencies(db)) {
    const contract = versionOn(agency, today());
    if (contract && consumerWays.some((way) => way === contract.protocol)) contracts.set(agency.id, contract);
  }
  const { rows } = await db.query<Row>('consumers.read', OPEN, [[...contracts.keys()], MOST_OPEN]);
  return rows.map((row) => consumerOf(row, contracts.get(row.id)!));
}

function consumerOf({ id, open, oldest, last, acknowledged, behind }: Row, contract: ContractVersion): Consumer {
  const way = contract.protocol as Consumer['way'];
  const speaks = contract.consumes?.speaks ?? usualSpoken;
  return {
    agency: id,
    way,
    ...{ speaks, until: spokenTerms[speaks].until },
    open,
    oldestSeconds: oldest === null ? null : Math.max(0, Math.round(oldest)),
    ...(way === 'topic' ? { group: contract.consumes?.group ?? id } : {}),
    ...(way === 'feed'
      ? {
          feed: {
            last: last ?? 0,
            acknowledged: acknowledged ?? 0,
            lag: lagOf(last ?? 0, acknowledged ?? 0, behind ?? 0),
          },
        }
      : {}),
  };
}
