import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addStatementKey, applyAgency, takeSignature, takeSignedPdf } from '#ledger';
import { canonicalJson, newPrivateKey, signerOf, type Signer, type StatementBundle } from '#wire';
import { closesDay } from '../../../../libs/ledger/src/testing/closed-day.js';
import type { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from './terminal.js';

export const PDF = Buffer.from('%PDF-1.7\nsigned outside\n');

/** Statements as an agency gets them: of closed days of a real ledger, signed by the hub, by the agency, and as a PDF. */
export interface SignedDays {
  days: string[];
  /** `<day>.json`, `<day>.html`, `proof.json`, `published.pem`, `signed.pdf` of the last day but one. */
  file(name: string): string;
  text(name: string): string;
  bundle(day: string): StatementBundle;
  /** A case of the proof, and one that it doesn't prove. */
  cases: [proved: string, other: string];
  hub: Signer;
  office: Signer;
}

export async function signDays(world: LaneWorld, folder: string): Promise<SignedDays> {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
  const file = (name: string): string => join(folder, name);
  const text = (name: string): string => readFileSync(file(name), 'utf8');
  const env = { DATABASE_URL: world.url, LIENTHONG_SECRETS_DIR: file('secrets'), LIENTHONG_AUTHOR: 'an' };
  const lienthong = async (words: string): Promise<string> => {
    const ran = await typed(words, env);
    if (ran.code !== 0) throw new Error(`${words}: ${ran.err}`);
    return ran.out;
  };
  const office = signerOf(newPrivateKey())!;

  await world.db.pool.query(`truncate ledger_days cascade; insert into ledger_days (day) values ('${days[0]}')`);
  await applyAgency(world.db, {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id: 'a',
    name: { vi: 'Sở Tư pháp tỉnh', en: 'Department of Justice' },
    versions: [
      {
        validFrom: '2018-01-01',
        owner: 'G15',
        protocol: 'http-json',
        receives: [],
        sends: [],
        limits: { inFlight: 1, timeout: '1s' },
        retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
        replies: [],
        onDuplicate: 'refuse',
      },
    ],
  });
  await lienthong('statement key create');
  await addStatementKey(world.db, { agency: 'a', spki: office.spki, by: 'spec' });
  for (let i = 0; i < 3; i++) await world.caseOf(['full', 'delta']);
  await world.db.pool.query(
    `insert into discrepancies (agency_id, type, key, detail, side, first_comparison, last_comparison, seen)
     select 'a', type, key, '{}', 'ours', 1, 1, 2
     from unnest(array['missing-there', 'missing-there', 'file-differs'], array['K1', 'K2', 'K3']) as d (type, key)`,
  );
  writeFileSync(file('signed.pdf'), PDF);
  const hub = signerOf(text('secrets/statement-key.pem'))!;
  const moves: [number, number, number, number][] = [[0, 6, 2, 4], [4, 0, 1, 3], [3, 0, 3, 0]]; // prettier-ignore
  for (const [i, day] of days.entries()) {
    const at = `--agency a --day ${day}`;
    await closesDay(world.db, day, days[i + 1] ?? '2026-11-04', 'a', moves[i]!);
    await lienthong(`statement make ${at} --without-comparison`);
    const statement = (JSON.parse(await lienthong(`statement show ${at}`)) as StatementBundle).statement;
    const signature = office.sign(canonicalJson(statement));
    await takeSignature(world.db, { agency: 'a', day }, { keyId: office.keyId, signature });
    if (i === 1) await takeSignedPdf(world.db, { agency: 'a', day }, PDF, hub);
    for (const as of ['json', 'html']) await lienthong(`statement show ${at} --as ${as} --out ${file(`${day}.${as}`)}`);
  }
  const { rows } = await world.db.pool.query<{ code: string }>(`select code from aliases order by code limit 2`);
  const cases = rows.map(({ code }) => code) as [string, string];
  await lienthong(`statement proof --agency a --day ${days[1]} --case ${cases[0]} --out ${file('proof.json')}`);
  writeFileSync(file('published.pem'), await lienthong('statement key ls --pem'));
  return { days, file, text, bundle: (day) => JSON.parse(text(`${day}.json`)) as StatementBundle, cases, hub, office };
}
