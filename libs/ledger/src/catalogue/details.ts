import type { Json, ProcedureFacts } from '#wire';
import type { Database } from '../database.js';

export interface WantedDetail {
  code: string;
  key: string;
  seenFrom: string;
}

/** Listed procedures whose detail nobody has, or whose detail is old; those first that were never asked for. */
export async function wantedDetails(
  db: Database,
  agency: string,
  olderThanMs: number,
  most: number,
): Promise<WantedDetail[]> {
  const { rows } = await db.query<WantedDetail>(
    'catalogue.wanted',
    `select code, partner_key as key, seen_from::text as "seenFrom" from catalogue_procedures
     where agency_id = $1 and seen_until is null and (detail_at is null or detail_at <= now() - make_interval(secs => $2))
     order by detail_at nulls first limit $3`,
    [agency, olderThanMs / 1_000, most],
  );
  return rows;
}

/** `detail` null: asked, and there is none. The row may have ended meanwhile: it was its detail all the same. */
export async function keepDetail(
  db: Database,
  agency: string,
  { code, seenFrom }: WantedDetail,
  detail: { facts: ProcedureFacts; raw: Json } | null,
): Promise<void> {
  await db.query(
    'catalogue.keep-detail',
    `update catalogue_procedures set detail_at = now(), detail_facts = coalesce($4, detail_facts), detail_raw = coalesce($5, detail_raw)
     where agency_id = $1 and code = $2 and seen_from = $3::timestamptz`,
    [agency, code, seenFrom, detail && JSON.stringify(detail.facts), detail && JSON.stringify(detail.raw)],
  );
}
