import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { keepFile, type ContractRehearsal, type EntryItem } from '#ledger';
import type { CaseApplication, Json } from '#wire';
import { pdf, pdfHash, recordCase } from '../../../../libs/connectors/src/case.fixture.js';
import { agencyText, ContractWorld } from '../testing/contract-world.js';

const text = readFileSync(join(import.meta.dirname, '../../../../deploy/provinces/demo/agencies/lltp.yaml'), 'utf8');
const inPortal = text.replace('portalSource: Cổng dịch vụ công', 'portalSource: Cổng quốc gia');
/** What LLTP can't take is asked for all the same. */
const withdrawn = text.replaceAll(
  'events: [case.received, case.supplemented]',
  'events: [case.received, case.supplemented, case.withdrawn]',
);

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
  world.keepSecret('LLTP_KEY');
  world.keepSecret('LLTP_GEN1_SECRET');
  await keepFile(world.db, { sha256: pdfHash, mediaType: 'application/pdf', bytes: pdf });
});
beforeEach(async () => {
  await world.clear();
  await world.apply(text);
});
afterAll(() => world.end());

const received = (n: number, more: Partial<CaseApplication> = {}, procedure = '2.000488'): EntryItem => ({
  sender: 'mot-cua',
  key: `k-${n}`,
  type: 'vn.lienthong.case.received.v1',
  caseCode: `H56.14-241112-000${n}`,
  data: { ...recordCase, channel: 'counter', ...more } as unknown as Json,
  opens: { procedure, openedOn: '2024-11-12', dueAt: null },
  status: 2,
});
const later = (n: number, what: 'supplemented' | 'withdrawn' | 'status-changed', data: object): EntryItem => ({
  sender: 'mot-cua',
  key: `k-${n}-${what}`,
  type: `vn.lienthong.case.${what}.v1`,
  caseCode: `H56.14-241112-000${n}`,
  data: data as Json,
});
async function rehearse(file: string, more = ''): Promise<{ code: number; found: ContractRehearsal }> {
  const { code, out, err } = await world.typed(`agency rehearse ${world.file(file)} --json${more}`);
  if (out === '') throw new Error(err);
  return { code, found: JSON.parse(out) as ContractRehearsal };
}
/** What was found at all, with its number. */
const counts = ({ findings }: ContractRehearsal): Record<string, number> =>
  Object.fromEntries(
    Object.entries(findings).flatMap(([finding, { events }]) => (events === 0 ? [] : [[finding, events]])),
  );

describe('agency rehearse', () => {
  it('finds all the same where the file is what is in force, and writes nothing', async () => {
    await world.enters(received(1), received(2, { channel: 'online' }));
    await world.enters(later(1, 'supplemented', recordCase), later(2, 'status-changed', { status: 4 }));
    const before = await world.rows();
    const { code, found } = await rehearse(text);
    expect([code, found.events, counts(found)]).toEqual([0, 3, { same: 3 }]);
    const { out } = await world.typed(`agency rehearse ${world.file(text)}`);
    expect(out).toContain('Tất cả như cũ · all same');
    expect(await world.rows()).toBe(before);
  });

  it('compares item with item where a setting of the mapping changes: which members, and not their values', async () => {
    await world.enters(received(0), ...[1, 2, 3, 4, 5, 6, 7].map((n) => received(n, { channel: 'online' })));
    const { code, found } = await rehearse(inPortal);
    expect([code, counts(found)]).toEqual([0, { same: 1, changed: 7 }]);
    const { reasons, examples } = found.findings.changed;
    expect(reasons).toEqual({ tenNguonDangKy: 7 });
    expect(examples).toHaveLength(5);
    expect(examples[0]).toEqual({
      code: expect.stringMatching(/^H56\.14-241112-000\d$/),
      sequence: 1,
      members: [{ path: 'tenNguonDangKy', change: 'changed' }],
    });
    const { out } = await world.typed(`agency rehearse ${world.file(inPortal)}`);
    expect(out).toContain('khác đi · changed: 7');
    expect(out).toContain('#1: tenNguonDangKy: changed');
    for (const value of ['Cổng', recordCase.applicant.name, '038190000123']) expect(out).not.toContain(value);
  });

  it('ends with 1 where a new subscription can’t be mapped, and counts it by its cause', async () => {
    await world.enters(received(1), received(2));
    await world.enters(later(1, 'withdrawn', { at: '2024-11-13T08:00:00+07:00', reason: 'x' }));
    const { code, found } = await rehearse(withdrawn);
    expect([code, counts(found)]).toEqual([1, { same: 2, failing: 1 }]);
    expect(found.findings.failing.reasons).toEqual({ "this interface doesn't take case.withdrawn": 1 });
    expect(found.findings.failing.examples).toMatchObject([{ code: 'H56.14-241112-0001', sequence: 2 }]);
  });

  it('tells what is newly received, no longer received, and what failed already, apart', async () => {
    await world.enters(received(1), received(2, {}, '3.000333'), received(3, { declaration: undefined as never }));
    await world.enters(later(1, 'supplemented', recordCase));
    const other = text
      .replace("procedures: ['2.000488']\n", "procedures: ['2.000488', '3.000333']\n")
      .replace('events: [case.received, case.supplemented]', 'events: [case.received]');
    const { code, found } = await rehearse(other);
    expect([code, counts(found)]).toEqual([
      0,
      { same: 1, 'still-failing': 1, 'newly-received': 1, 'no-longer-received': 1 },
    ]);
    expect(found.findings['newly-received'].reasons).toEqual({ 'case.received': 1 });
    expect(found.findings['no-longer-received'].reasons).toEqual({ 'case.supplemented': 1 });
    expect(found.findings['still-failing'].reasons).toEqual({ 'declaration is missing': 1 });
  });

  it('maps by the version of a day: a change of the later one isn’t one for the earlier', async () => {
    await world.enters(received(1, { channel: 'online' }));
    const [first, second] = text.split('  # The owner changed');
    const onlyLater = `${first}  # The owner changed${second!.replace('portalSource: Cổng dịch vụ công', 'portalSource: X')}`;
    expect(counts((await rehearse(onlyLater)).found)).toEqual({ changed: 1 });
    expect(counts((await rehearse(onlyLater, ' --on 2024-12-01')).found)).toEqual({ same: 1 });
  });

  it('takes the events of so many days, which begin at midnight in Vietnam', async () => {
    await world.enters(received(1), received(2));
    const age = (code: number, hours: number): string =>
      `update events set recorded_at = (date_trunc('day', now() at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh') + interval '${hours} hours'
       where stream_id = (select stream_id from aliases where code = 'H56.14-241112-000${code}')`;
    await world.db.pool.query(
      `set session_replication_role = replica; ${age(1, 0)}; ${age(2, -1)}; reset session_replication_role`,
    );
    expect((await rehearse(text, ' --days 1')).found.events).toBe(1);
    expect((await rehearse(text, ' --days 2')).found.events).toBe(2);
    expect((await rehearse(text)).found.events).toBe(2);
  });

  it('counts for a new agency what it would have got, itself excepted as a sender', async () => {
    await world.enters(received(1), { ...received(2), sender: 'a' });
    expect((await rehearse(agencyText())).found).toMatchObject({
      agency: 'a',
      events: 1,
      findings: { 'newly-received': { events: 1 } },
    });
  });

  it('reads more than a page', async () => {
    for (let from = 0; from < 700; from += 350)
      await world.enters(
        ...Array.from({ length: 350 }, (_, n) => ({ ...received(1), key: `m-${from + n}`, caseCode: `M-${from + n}` })),
      );
    expect((await rehearse(inPortal.replace('counterSource: Bộ phận', 'counterSource: Quầy'))).found).toMatchObject({
      events: 700,
      findings: { changed: { events: 700, reasons: { tenNguonDangKy: 700 } } },
    });
  });
});
