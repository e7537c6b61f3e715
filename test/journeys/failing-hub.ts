import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, type BookLine, type StandIn } from './hub.js';
import { run } from './processes.js';

const folder = 'deploy/provinces/uong-bi-2021/agencies';

interface DeliveryRow {
  code: string;
  agency: string;
  sequence: number;
  state: string;
  owner: string | null;
  reason: string | null;
  hash: string | null;
}

/** What one count of the reconciliation named, as far as a test compares it. */
export interface Named {
  type: string;
  agency: string | null;
  code: string | null;
}

/**
 * The usual hub with time-outs of a test: the portal over TLS, no answer longer than 700 ms. Its contract takes only a
 * success that says so in code and in words: "code 0" alone isn't believed.
 */
export async function startFailingHub(): Promise<Hub> {
  const agencies = await mkdtemp(join(tmpdir(), 'agencies-'));
  for (const file of await readdir(folder)) {
    const text = (await readFile(join(folder, file), 'utf8'))
      .replace(/http(?=:\/\/[^\n]*LIENTHONG_PORTAL_PORT)/, 'https')
      .replace(/limits: .*/, 'limits: { inFlight: 16, timeout: 700ms, settle: 200ms }')
      .replace(/retry: .*/, 'retry: { first: 100ms, factor: 2, atMost: 500ms, giveUpAfter: 1h }')
      .replace(
        '- { when: { status: 2xx, json: { error_code: 0 } }, means: accepted }',
        '- { when: { status: 2xx, json: { error_code: 0 }, text: thành công }, means: accepted }',
      );
    await writeFile(join(agencies, file), text);
  }
  const hub = await Hub.start({ agencies, apps: [] });
  for (const [name, standIn] of [
    ['LLTP', hub.standIns.lltp],
    ['PORTAL', hub.standIns.portal],
    ['ONESTOP', hub.standIns.oneStop],
  ] as const)
    hub.env[`LIENTHONG_${name}_CONTROL_PORT`] = String(standIn.process.said.controlPort);
  const { code, err } = await run('cli/src/main.js', ['setup', '--agencies', agencies], hub.env);
  if (code !== 0) throw new Error(err);
  const trusted = { NODE_EXTRA_CA_CERTS: join(hub.env.LIENTHONG_BOOKS_DIR!, 'cong-dvc.authority.pem') };
  await hub.startApp('delivery', trusted);
  await hub.startApp('reconciliation');
  return hub;
}

export const partners = (hub: Hub): Record<string, StandIn> => ({
  lltp: hub.standIns.lltp,
  'cong-dvc': hub.standIns.portal,
  'mot-cua': hub.standIns.oneStop,
});

export const deliveriesOf = (hub: Hub, codes: readonly string[]): Promise<DeliveryRow[]> =>
  hub.rows<DeliveryRow>(
    `select a.code, d.agency_id as agency, d.sequence, d.state, d.owner, d.reason, encode(d.item_hash, 'hex') as hash
     from deliveries d join aliases a using (stream_id) where a.code = any($1) order by 1, a.code, 2`,
    [codes],
  );

export const outcomesOf = async (hub: Hub, agency: string, codes: readonly string[]): Promise<string[]> =>
  (
    await hub.rows<{ outcome: string }>(
      `select t.outcome from attempts t join aliases a using (stream_id)
       where a.code = any($1) and t.agency_id = $2 order by t.id`,
      [codes, agency],
    )
  ).map(({ outcome }) => outcome);

export const repliesOf = async (hub: Hub, agency: string, codes: readonly string[]): Promise<string[]> =>
  (
    await hub.rows<{ reply: string | null }>(
      `select t.reply from attempts t join aliases a using (stream_id) where a.code = any($1) and t.agency_id = $2`,
      [codes, agency],
    )
  ).map(({ reply }) => reply ?? '');

/** Nothing of these cases waits for anything but a person. */
export const casesAtRest = (hub: Hub, codes: readonly string[], withinMs = 180_000): Promise<void> =>
  eventually(async () => {
    const [left] = await hub.rows<{ open: number; planned: number }>(
      `select (select count(*) from lanes l join aliases a using (stream_id)
                where a.code = any($1) and l.done < l.last and l.wait is distinct from 'person')::int as open,
              (select count(*) from plan_cursor p join streams s on s.id = p.stream_id join aliases a on a.stream_id = s.id
                where a.code = any($1) and p.planned = s.last)::int as planned`,
      [codes],
    );
    if (left!.open > 0 || left!.planned < codes.length) throw new Error(`not at rest: ${JSON.stringify(left)}`);
  }, withinMs);

/** What is wrong by both sides' books: acknowledged and not held, or held more than once. Codes, never contents. */
export async function differences(hub: Hub, codes: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  // Asked before the books are read: what is acknowledged meanwhile stands in them, and isn't looked for.
  const deliveries = await deliveriesOf(hub, codes);
  const books = new Map<string, BookLine[]>();
  for (const [agency, standIn] of Object.entries(partners(hub))) books.set(agency, await standIn.applied());
  for (const { agency, sequence, state, hash } of deliveries) {
    const held = (books.get(agency) ?? []).filter((line) => line.hash === hash).length;
    if (state === 'acknowledged' && held === 0) found.push(`${agency} ${sequence}: acknowledged, not held`);
    if (held > 1) found.push(`${agency} ${sequence}: held ${held} times`);
  }
  return found;
}

/** One count over everything, by the process that makes it. */
export async function reconciled(hub: Hub): Promise<Named[]> {
  const response = await fetch(`http://127.0.0.1:${hub.env.LIENTHONG_RECONCILIATION_PORT}/v1/runs`, { method: 'POST' });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { discrepancies } = (await response.json()) as { discrepancies: Named[] };
  return discrepancies.map(({ type, agency, code }) => ({ type, agency, code }));
}
