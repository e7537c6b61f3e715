import type { BundledSignature, ListedDiscrepancy, Statement, StatementBundle } from '#wire';
import type { Database } from '../database.js';
import { statementKeys } from './statement-keys.js';

/** A statement in a list. */
export interface StatementRow {
  agencyId: string;
  day: string;
  hash: string;
  madeAt: Date;
  epoch: number;
  coverage: Statement['coverage'];
  planned: number;
  carried: number;
  discrepancies: number;
  ours: boolean;
  theirs: boolean;
  pdfs: number;
  /** Signatures of theirs that weren't taken. */
  refused: number;
}

/** Newest day first. `agency` null: of all. */
export async function listStatements(
  db: Database,
  { agency, before, limit }: { agency: string | null; before: string | null; limit: number },
): Promise<StatementRow[]> {
  const { rows } = await db.query<StatementRow>(
    'statements.list',
    `select s.agency_id as "agencyId", s.day::text, encode(s.hash, 'hex') as hash, s.made_at as "madeAt", (d->>'epoch')::int as epoch,
       d->>'coverage' as coverage, (d->'counts'->>'planned')::int as planned, (d->'counts'->>'carried')::int as carried,
       (select coalesce(sum(n::int), 0)::int from json_each_text(d->'discrepancies'->'counts') as e(type, n)) as discrepancies,
       coalesce(g.ours, false) as ours, coalesce(g.theirs, false) as theirs, coalesce(g.pdfs, 0) as pdfs,
       (select count(*)::int from refused_signatures r where r.agency_id = s.agency_id and r.day = s.day) as refused
     from statements s cross join lateral (select s.document::json as d) as j
     left join lateral (select bool_or(party = 'ours') as ours, bool_or(party = 'theirs' and kind = 'ed25519') as theirs,
       count(*) filter (where kind = 'pdf')::int as pdfs from statement_signatures g where g.agency_id = s.agency_id and g.day = s.day) g on true
     where ($1::text is null or s.agency_id = $1) and ($2::date is null or s.day < $2)
     order by s.day desc, s.agency_id limit $3`,
    [agency, before, limit],
  );
  return rows;
}

/** The canonical bytes, as both sides sign them; undefined: there is none. */
export async function statementDocument(
  db: Database,
  agency: string,
  day: string,
): Promise<{ document: string; hash: string } | undefined> {
  const { rows } = await db.query<{ document: string; hash: string }>(
    'statements.document',
    `select document, encode(hash, 'hex') as hash from statements where agency_id = $1 and day = $2`,
    [agency, day],
  );
  return rows[0];
}

interface KeptSignature {
  party: 'ours' | 'theirs';
  kind: 'ed25519' | 'pdf';
  keyId: string;
  signature: string;
  seals: Record<string, string> | null;
  file: string | null;
}

interface KeptStatement {
  document: string;
  hash: string;
  discrepancies: string;
  previous: string | null;
}

/** Everything that whoever gets it needs to verify it alone; undefined: there is no such statement. */
export async function statementBundle(db: Database, agency: string, day: string): Promise<StatementBundle | undefined> {
  const { rows } = await db.query<KeptStatement>(
    'statements.bundle',
    `select s.document, encode(s.hash, 'hex') as hash, s.discrepancies, p.document as previous
     from statements s left join statements p on p.agency_id = s.agency_id and p.hash = s.previous_hash
     where s.agency_id = $1 and s.day = $2`,
    [agency, day],
  );
  const kept = rows[0];
  if (!kept) return undefined;
  const { rows: signatures } = await db.query<KeptSignature>(
    'statements.signatures',
    `select party, kind, key_id as "keyId", encode(signature, 'base64') as signature, seals, encode(file, 'hex') as file
     from statement_signatures where agency_id = $1 and day = $2 order by id`,
    [agency, day],
  );
  const statement = JSON.parse(kept.document) as Statement;
  const named = [...statement.keys.ours, ...statement.keys.theirs];
  const keys = (await statementKeys(db.pool)).filter(({ keyId }) => named.includes(keyId));
  return {
    apiVersion: 'lienthong/v1',
    kind: 'StatementBundle',
    statement,
    signed: base64(kept.document),
    hash: kept.hash,
    signatures: signatures.map((one) => bundled(one, `${agency}/${day}`)),
    publicKeys: keys.map(({ keyId, spki }) => ({ keyId, spki: spki.toString('base64') })),
    ...(kept.previous === null ? {} : { previous: base64(kept.previous) }),
    discrepancies: JSON.parse(kept.discrepancies) as ListedDiscrepancy[],
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function bundled(
  { party, kind, keyId, signature: lines, seals, file }: KeptSignature,
  sealedFor: string,
): BundledSignature {
  // PostgreSQL breaks base64 into lines.
  const signature = lines.replaceAll('\n', '');
  if (kind === 'pdf') return { party: 'theirs', kind, keyId, signature, file: file! };
  return party === 'ours'
    ? { party, kind, keyId, signature, sealedFor, seals: seals! }
    : { party, kind, keyId, signature };
}

/** Closed days of which an agency has no statement yet, in order: after its last one, or all where it has none. */
export interface DueStatement {
  agencyId: string;
  day: string;
  compared: boolean;
  /** How long ago the day was closed. */
  waitedMs: number;
}

export async function dueStatements(db: Database): Promise<DueStatement[]> {
  const { rows } = await db.query<DueStatement>(
    'statements.due',
    `select a.id as "agencyId", d.day::text, (extract(epoch from clock_timestamp() - d.closed_at) * 1000)::float8 as "waitedMs",
       exists (select from comparisons c where c.agency_id = a.id and c.day = d.day and c.state = 'done') as compared
     from agencies a cross join ledger_days d
     where d.closed_at is not null and d.day > coalesce((select max(day) from statements s where s.agency_id = a.id), '-infinity')
       and exists (select from contract_history h, lateral json_array_elements(h.versions) v
         where h.agency_id = a.id and h.applied_at <= d.cut_at and v->>'validFrom' <= d.day::text)
     order by d.day, a.id`,
  );
  return rows;
}

/** Statements that name this key of the hub's and that it hasn't signed; a crash may leave one. */
export async function unsignedStatements(db: Database, keyId: string): Promise<{ agency: string; day: string }[]> {
  const { rows } = await db.query<{ agency: string; day: string }>(
    'statements.unsigned',
    `select s.agency_id as agency, s.day::text from statements s
     where not exists (select from statement_signatures g where g.agency_id = s.agency_id and g.day = s.day and g.party = 'ours')
       and exists (select from json_array_elements_text(s.document::json->'keys'->'ours') k where k = $1)
     order by s.day, s.agency_id limit 1000`,
    [keyId],
  );
  return rows;
}
