import type { Json, ListedProcedure, ProcedureFacts } from '#wire';
import type { Database } from '../database.js';
import { changesOf, openRows, type CatalogueChanges } from './rows.js';

export interface ShownPull {
  id: string;
  agency: string;
  source: string;
  state: 'taken' | 'held' | 'accepted' | 'dropped' | 'superseded';
  reason: string | null;
  listed: number;
  said: number | null;
  unread: number;
  added: number;
  lost: number;
  renamed: number;
  times: number;
  firstAt: Date;
  lastAt: Date;
  decidedAt: Date | null;
  author: string | null;
  note: string | null;
}

export interface ShownCatalogue {
  agency: string;
  inForce: number;
  /** Of them those whose detail is there. */
  detailed: number;
  newest: ShownPull;
  held: ShownPull | null;
}

const pullColumns = `id::text, agency_id as agency, source, state, reason, listed, said, unread, added, lost, renamed, times,
  first_at as "firstAt", last_at as "lastAt", decided_at as "decidedAt", author, note`;

/** Each agency that was asked for its catalogue. */
export async function listCatalogues(db: Database): Promise<ShownCatalogue[]> {
  const { rows: pulls } = await db.query<ShownPull>(
    'catalogue.newest',
    `select distinct on (agency_id) ${pullColumns} from catalogue_pulls order by agency_id, id desc`,
  );
  const { rows: held } = await db.query<ShownPull>(
    'catalogue.held',
    `select ${pullColumns} from catalogue_pulls where state = 'held'`,
  );
  const { rows: counts } = await db.query<{ agency: string; inForce: number; detailed: number }>(
    'catalogue.counts',
    `select agency_id as agency, count(*)::int as "inForce", count(detail_raw)::int as detailed
     from catalogue_procedures where seen_until is null group by 1`,
  );
  return pulls.map((newest) => {
    const { inForce = 0, detailed = 0 } = counts.find(({ agency }) => agency === newest.agency) ?? {};
    const waiting = held.find(({ agency }) => agency === newest.agency) ?? null;
    return { agency: newest.agency, inForce, detailed, newest, held: waiting };
  });
}

/** What accepting would change; undefined: nothing waits. */
export async function heldChanges(
  db: Database,
  agency: string,
): Promise<{ pull: ShownPull; changes: CatalogueChanges } | undefined> {
  const { rows } = await db.query<ShownPull & { procedures: ListedProcedure[] }>(
    'catalogue.held-one',
    `select ${pullColumns}, procedures from catalogue_pulls where agency_id = $1 and state = 'held'`,
    [agency],
  );
  const [held] = rows;
  if (!held) return undefined;
  const { procedures, ...pull } = held;
  return { pull, changes: changesOf(await openRows(db.pool, agency), procedures) };
}

/** What the newest list that was taken or accepted changed: rows that ended or began with it. */
export async function takenChanges(db: Database, agency: string): Promise<CatalogueChanges & { at: Date | null }> {
  const { rows } = await db.query<{ code: string; before: string | null; after: string | null; at: Date }>(
    'catalogue.taken-changes',
    `with at as (select max(greatest(seen_from, seen_until)) as at from catalogue_procedures where agency_id = $1)
     select code, max(name) filter (where seen_until = at.at) as before, max(name) filter (where seen_from = at.at) as after, at.at
     from catalogue_procedures, at where agency_id = $1 and at.at in (seen_from, seen_until) group by code, at.at order by code`,
    [agency],
  );
  return {
    at: rows[0]?.at ?? null,
    known: rows.length,
    added: rows.flatMap(({ code, before, after }) =>
      before === null && after !== null ? [{ code, name: after }] : [],
    ),
    lost: rows.flatMap(({ code, before, after }) =>
      before !== null && after === null ? [{ code, name: before }] : [],
    ),
    renamed: rows.flatMap(({ code, before, after }) =>
      before !== null && after !== null && before !== after ? [{ code, from: before, to: after }] : [],
    ),
  };
}

export interface ShownProcedure {
  agency: string;
  code: string;
  name: string;
  rawName: string;
  facts: ProcedureFacts;
  seenFrom: Date;
  seenUntil: Date | null;
  detailAt: Date | null;
  raw: Json;
  detailRaw: Json;
}

/** All that is known of a code, the newest first. What its detail says goes before what the list says. */
export async function showProcedure(db: Database, code: string): Promise<ShownProcedure[]> {
  const { rows } = await db.query<ShownProcedure & { detailFacts: ProcedureFacts | null }>(
    'catalogue.show',
    `select agency_id as agency, code, name, raw_name as "rawName", facts, detail_facts as "detailFacts", raw, detail_raw as "detailRaw",
       seen_from as "seenFrom", seen_until as "seenUntil", detail_at as "detailAt"
     from catalogue_procedures where code = $1 order by agency_id, seen_from desc`,
    [code],
  );
  return rows.map(({ detailFacts, facts, ...rest }) => ({ ...rest, facts: { ...facts, ...detailFacts } }));
}

export interface KnownProcedure {
  code: string;
  name: string;
  /** When no list had it any more; null: the newest has it. */
  until: Date | null;
}

/** Of each code its newest row in any catalogue, one that is listed first. */
export async function knownProcedures(db: Database, codes: readonly string[]): Promise<Map<string, KnownProcedure>> {
  const { rows } = await db.query<KnownProcedure>(
    'catalogue.known',
    `select distinct on (code) code, name, seen_until as until from catalogue_procedures
     where code = any($1::text[]) order by code, seen_until desc nulls first`,
    [codes],
  );
  return new Map(rows.map((row) => [row.code, row]));
}

/** False: no catalogue was ever taken, so none can be missed in it. */
export async function hasCatalogue(db: Database): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>(
    'catalogue.has',
    `select exists (select 1 from catalogue_procedures where seen_until is null) as has`,
  );
  return rows[0]!.has;
}

/**
 * The name under which a case's procedure goes: the one that the case came with, so that the same form says the same when it
 * comes again; else the catalogue's of now. Undefined: neither knows it.
 */
export async function procedureNameFor(db: Database, caseCode: string, procedure: string): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string | null }>(
    'catalogue.name-for',
    `select coalesce(
       (select e.body #>> '{procedure,name}' from aliases a join events e on e.stream_id = a.stream_id and e.sequence = 1
        where a.namespace = 'case' and a.code = $1 and e.body #>> '{procedure,code}' = $2 limit 1),
       (select name from catalogue_procedures where code = $2 order by seen_until desc nulls first limit 1)) as name`,
    [caseCode, procedure],
  );
  return rows[0]?.name ?? undefined;
}
