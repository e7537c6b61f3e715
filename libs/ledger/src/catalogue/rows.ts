import type { ListedProcedure } from '#wire';
import type { Runner } from '../database.js';

interface OpenRow {
  code: string;
  name: string;
}

export interface CatalogueChanges {
  known: number;
  added: OpenRow[];
  lost: OpenRow[];
  renamed: { code: string; from: string; to: string }[];
}

export async function openRows(client: Runner, agency: string): Promise<OpenRow[]> {
  const { rows } = await client.query<OpenRow>({
    text: `select code, name from catalogue_procedures where agency_id = $1 and seen_until is null order by code`,
    values: [agency],
  });
  return rows;
}

/** Names are compared as cleaned: a blank more is no change that a person need look at. */
export function changesOf(open: readonly OpenRow[], procedures: readonly ListedProcedure[]): CatalogueChanges {
  const now = new Map(procedures.map(({ code, name }) => [code, name]));
  const before = new Map(open.map(({ code, name }) => [code, name]));
  return {
    known: open.length,
    lost: open.filter(({ code }) => !now.has(code)),
    added: procedures.filter(({ code }) => !before.has(code)).map(({ code, name }) => ({ code, name })),
    renamed: open.flatMap(({ code, name: from }) => {
      const to = now.get(code);
      return to === undefined || to === from ? [] : [{ code, from, to }];
    }),
  };
}

/** What says the same stays the same row, with its detail; what says something else begins a new one. */
export async function takeRows(client: Runner, agency: string, procedures: readonly ListedProcedure[]): Promise<void> {
  const columns = [
    procedures.map(({ code }) => code),
    procedures.map(({ name }) => name),
    procedures.map(({ rawName }) => rawName),
    procedures.map(({ key }) => key),
    procedures.map(({ facts }) => JSON.stringify(facts)),
    procedures.map(({ raw }) => JSON.stringify(raw)),
  ];
  const incoming = `unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as i (code, name, raw_name, partner_key, facts, raw)`;
  await client.query({
    text: `update catalogue_procedures p set seen_until = now() where p.agency_id = $1 and p.seen_until is null and not exists (
             select 1 from ${incoming} where i.code = p.code and i.name = p.name and i.raw_name = p.raw_name
               and i.partner_key = p.partner_key and i.facts = p.facts::text and i.raw is not null)`,
    values: [agency, ...columns],
  });
  await client.query({
    text: `insert into catalogue_procedures (agency_id, code, name, raw_name, partner_key, facts, raw)
           select $1, i.code, i.name, i.raw_name, i.partner_key, i.facts::json, i.raw::json from ${incoming}
           on conflict (agency_id, code) where seen_until is null do nothing`,
    values: [agency, ...columns],
  });
}
