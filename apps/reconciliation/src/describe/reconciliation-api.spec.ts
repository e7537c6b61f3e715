import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { api, DescribedProcess, misfits, theirs, type Ask } from './described-process.fixture.js';
import { reconciliationApi, reconciliationRoutes } from './reconciliation-api.js';

let hub: DescribedProcess;
beforeAll(async () => {
  hub = await DescribedProcess.begin(({ db }) =>
    db.pool.query(`truncate ledger_days cascade; insert into ledger_days (day) values ('2026-05-29')`),
  );
});
afterAll(() => hub?.end());

describe('the description of the process', () => {
  it('has every route that is served, and no other', () => {
    const described = reconciliationRoutes.map(({ method, at }) => `${method} ${at}`).sort();
    const health = ['/healthz', '/metrics', '/readyz'];
    for (const at of health) expect(hub.fastify.hasRoute({ method: 'GET', url: at })).toBe(true);
    expect([...hub.served, ...health.map((at) => `get ${at}`)].sort()).toEqual(described);
  });

  it('is what the process itself gives', async () => {
    expect((await hub.ask('get', '/docs-json', '/docs-json')).body).toEqual(
      JSON.parse(JSON.stringify(reconciliationApi)),
    );
  });

  it('gives examples that are of their own shape', () => {
    const contents = Object.values(api.paths).flatMap((at) =>
      Object.values(at).flatMap(({ responses, requestBody }) => [
        ...Object.values(responses).map(({ content }) => content),
        ...(requestBody ? [requestBody.content] : []),
      ]),
    );
    const examples = contents.flatMap((content) => Object.values(content)).filter(({ example }) => example !== undefined); // prettier-ignore
    expect(examples.length).toBeGreaterThan(5);
    for (const { schema, example } of examples) expect(misfits(schema, example)).toEqual([]);
  });

  it('would not take an answer with a member more, or less', () => {
    const { schema } = api.paths['/v1/under-way']!.get!.responses['200']!.content['application/json']!;
    const right = { unpublished: 0, unplanned: 0, waiting: 0, parked: 0 };
    expect(misfits(schema, right)).toEqual([]);
    expect(misfits(schema, { ...right, lost: 0 })).not.toEqual([]);
    expect(misfits(schema, { unpublished: 0 })).not.toEqual([]);
  });
});

const operators = (): Ask => ({ key: hub.keys.operator });
const ask: DescribedProcess['ask'] = (...asked) => hub.ask(...asked);
const period = 'period=2026-05';

describe('what the process answers is what is described', () => {
  it('of counts, figures and facts', async () => {
    const run = await ask('post', '/v1/runs', '/v1/runs');
    const { id } = run.body as { id: string };
    await ask('get', '/v1/runs/{id}', `/v1/runs/${id}`);
    await ask('get', '/v1/runs/{id}/table', `/v1/runs/${id}/table`);
    expect((await ask('get', '/v1/runs/{id}', '/v1/runs/none')).code).toBe('not-found');
    await ask('get', '/v1/under-way', '/v1/under-way');
    await ask('get', '/v1/standing', '/v1/standing');
    expect((await ask('get', '/v1/figures', '/v1/figures?year=2026')).body).toMatchObject({ received: 4 });
    expect((await ask('get', '/v1/figures', '/v1/figures?year=26')).code).toBe('invalid-envelope');
    const fact = { key: 'P-1', type: 'vn.lienthong.petition.received.v1', code: 'P-1', data: { code: 'P-1', receivedAt: '2026-05-05T08:00:00+07:00' } }; // prettier-ignore
    const tell = (facts: unknown, more: Ask = operators()) =>
      ask('post', '/v1/facts', '/v1/facts', { ...more, body: { sender: 'portal', facts } });
    expect((await tell([fact])).status).toBe(200);
    expect((await tell([{ ...fact, key: 'P-2', data: {} }])).code).toBe('facts-refused');
    expect((await tell([])).code).toBe('invalid-envelope');
    expect((await ask('post', '/v1/facts', '/v1/facts', { ...operators(), body: '{' })).code).toBe('malformed-json');
    expect((await ask('post', '/v1/facts', '/v1/facts', { ...operators(), body: 'x', type: 'text/plain' })).code).toBe('unsupported-media-type'); // prettier-ignore
    expect((await ask('post', '/v1/facts', '/v1/facts', { ...operators(), body: `[${' '.repeat(1_100_000)}]` })).code).toBe('too-large'); // prettier-ignore
    for (const at of ['/healthz', '/readyz', '/metrics']) await ask('get', at, at);
  });

  it('of comparisons and discrepancies', async () => {
    const comparisons = '/v1/agencies/{id}/comparisons';
    const order = (agency: string, more: Ask = {}) =>
      ask('post', comparisons, `/v1/agencies/${agency}/comparisons`, { ...operators(), body: {}, ...more });
    expect((await order('b')).status).toBe(202);
    expect((await order('portal')).code).toBe('no-way-to-compare');
    expect((await order('nobody')).code).toBe('unknown-agency');
    await eventually(async () => {
      const { body } = await ask('get', comparisons, '/v1/agencies/b/comparisons', operators());
      expect(body).toMatchObject({ comparisons: [{ state: 'refused' }] });
    });
    await ask('get', comparisons, '/v1/agencies/portal/comparisons?limit=1', operators());
    expect((await ask('get', comparisons, '/v1/agencies/nobody/comparisons', operators())).code).toBe('unknown-agency');
    await ask('post', '/v1/agencies/{id}/lines-read', '/v1/agencies/b/lines-read', { ...operators(), body: {} });
    expect((await ask('post', '/v1/agencies/{id}/lines-read', '/v1/agencies/portal/lines-read', { ...operators(), body: {} })).code).toBe('no-way-to-compare'); // prettier-ignore

    const all = await ask('get', '/v1/discrepancies', '/v1/discrepancies?agency=portal&counted=true', operators());
    const { discrepancies } = all.body as { discrepancies: { id: string; type: string }[] };
    expect(discrepancies.map(({ type }) => type).sort()).toEqual(['missing-there', 'status-differs']);
    expect((await ask('get', '/v1/discrepancies', '/v1/discrepancies?type=odd', operators())).code).toBe('invalid-envelope'); // prettier-ignore
    const [one, other] = discrepancies;
    const settle = (id: string, body: object) =>
      ask('post', '/v1/discrepancies/{id}/settlements', `/v1/discrepancies/${id}/settlements`, { ...operators(), body }); // prettier-ignore
    expect((await settle(one!.id, { as: 'resend' })).status).toBe(200);
    expect((await settle(other!.id, { note: 'đã thống nhất' })).status).toBe(200);
    expect((await settle(one!.id, { as: 'luck' })).code).toBe('invalid-envelope');
    expect((await settle('999', { as: 'resend' })).code).toBe('unknown-discrepancy');
    for (const { id } of discrepancies) await ask('get', '/v1/discrepancies/{id}', `/v1/discrepancies/${id}`, operators()); // prettier-ignore
    await ask('get', '/v1/discrepancies', '/v1/discrepancies?all=true', operators());
  });

  it('of an agency’s own book', async () => {
    const range = 'from=2026-05-01&to=2026-05-31';
    for (const by of ['', '&by=day', '&by=bucket'])
      await ask('get', '/v1/agencies/{id}/digests', `/v1/agencies/portal/digests?${range}${by}`, {
        key: hub.keys.portal,
      });
    await ask('get', '/v1/agencies/{id}/lines', `/v1/agencies/portal/lines?${range}`, { key: hub.keys.portal });
    for (const what of ['digests', 'lines'] as const) {
      const at = `/v1/agencies/{id}/${what}`;
      expect((await ask('get', at, `/v1/agencies/portal/${what}?from=x`, { key: hub.keys.portal })).code).toBe('invalid-envelope'); // prettier-ignore
      expect((await ask('get', at, `/v1/agencies/portal/${what}?${range}`, { key: hub.keys.b })).code).toBe('not-your-book'); // prettier-ignore
    }
  });

  it('of days and statements', async () => {
    await ask('get', '/v1/days', '/v1/days?limit=5', operators());
    expect((await ask('get', '/v1/days', '/v1/days?limit=0', operators())).code).toBe('invalid-limit');
    expect((await ask('get', '/v1/days', '/v1/days?before=x', operators())).code).toBe('invalid-day');
    await ask('get', '/v1/days/{day}', '/v1/days/2026-05-29', operators());
    expect((await ask('get', '/v1/days/{day}', '/v1/days/1999-01-01', operators())).code).toBe('unknown-day');
    await ask('get', '/v1/statements', '/v1/statements', operators());
    expect((await ask('get', '/v1/statements', '/v1/statements', { key: hub.keys.portal })).code).toBe('not-your-statement'); // prettier-ignore
    const own = '/v1/agencies/portal/statements';
    const at = '/v1/agencies/{id}/statements';
    await ask('get', at, own, { key: hub.keys.portal });
    await ask('get', '/v1/agencies/{id}/statement-keys', '/v1/agencies/portal/statement-keys', {
      key: hub.keys.portal,
    });
    const named = `${at}/{name}`;
    const { body } = await ask('get', named, `${own}/2026-05-29`, { key: hub.keys.portal });
    for (const form of ['json', 'html', 'xlsx']) await ask('get', named, `${own}/2026-05-29.${form}`, operators());
    expect((await ask('get', named, `${own}/1999-01-01`, operators())).code).toBe('unknown-statement');
    expect(body).toMatchObject({ kind: 'Statement', day: '2026-05-29' });
    const bytes = await (await fetch(`${hub.url}${own}/2026-05-29`, { headers: { authorization: `Bearer ${hub.keys.portal}` } })).text(); // prettier-ignore
    const sign = (keyId: string, of: string) =>
      ask('post', `${at}/{day}/signatures`, `${own}/2026-05-29/signatures`, { key: hub.keys.portal, body: { keyId, signature: theirs.sign(of).toString('base64') } }); // prettier-ignore
    expect((await sign(theirs.keyId, `${bytes} `)).code).toBe('wrong-signature');
    expect((await sign('0'.repeat(16), bytes)).code).toBe('unknown-statement-key');
    expect((await sign(theirs.keyId, bytes)).body).toEqual({ outcome: 'signed' });
    const hand = (bytesOf: string, key = hub.keys.portal) =>
      ask('put', `${at}/{day}/signed-pdf`, `${own}/2026-05-29/signed-pdf`, { key, body: bytesOf, type: 'application/pdf' }); // prettier-ignore
    expect((await hand('%PDF-1.7\n')).status).toBe(200);
    expect((await hand('<html>')).code).toBe('unsupported-media-type');
    expect((await hand('%PDF-1.7\n', hub.keys.b)).code).toBe('not-your-statement');
  });

  it('of reports, in every form', async () => {
    const get = (at: string, path: string) => ask('get', `/v1/reports${at}`, `/v1/reports${path}`, operators());
    await get('', '');
    await get('/facts', '/facts');
    for (const as of ['', '&as=csv', '&as=xlsx']) {
      await get('/appeal', `/appeal?${period}${as}`);
      await get('/faults', `/faults?${period}${as}`);
      await get('/{report}', `/II.06a?${period}${as}`);
      await get('/{report}', `/index-766?${period}&by=unit${as}`);
      await get('/{report}/cases', `/II.06a/cases?${period}&column=received${as}`);
      await get('/{report}/cases', `/index-766/cases?${period}&column=received${as}`);
      await get('/sync', `/sync?${period}&column=received${as}`);
    }
    await get('/faults', `/faults?count=yes&${period}`);
    await get('/faults', '/faults?count=yes');
    await get('/sync', `/sync?${period}&atPortal=9`);
    expect((await get('/{report}', '/II.06a')).code).toBe('invalid-parameter');
    expect((await get('/{report}', `/II.07?${period}`)).code).toBe('unknown-report');
    expect((await get('/{report}', '/index-766?period=2021')).code).toBe('no-definition-then');
  });

  it('asks for the keys that it says', async () => {
    const places: Record<string, string> = { id: 'portal', day: '2026-05-29', name: '2026-05-29', report: 'II.06a' };
    for (const { method, at, keys: opens } of reconciliationRoutes) {
      const path = at.replace('discrepancies/{id}', 'discrepancies/1').replaceAll(/\{(\w+)\}/g, (_, name: string) => places[name]!); // prettier-ignore
      if (opens.length === 0) continue;
      const body = method === 'get' ? {} : { body: {} };
      expect([at, (await ask(method, at, path, body)).code]).toEqual([at, 'missing-credentials']);
      const wrong = await ask(method, at, path, { ...body, key: 'nobody', language: 'en' });
      expect([at, wrong.code, wrong.body]).toEqual([at, 'wrong-credentials', expect.objectContaining({ title: 'The credentials are wrong.' })]); // prettier-ignore
    }
  });

  it('was asked of every route', () => {
    expect([...hub.asked].sort()).toEqual(reconciliationRoutes.map(({ method, at }) => `${method} ${at}`).sort());
  });
});
