import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { createOperatorKey, Database, isUnavailable, operatorOfKey } from '#ledger';
import { authenticate, createLog, readBodies, RefuseFilter, Secrets } from '#service';
import { agencyText, ContractWorld, versionText } from '../../apps/cli/src/testing/contract-world.js';
import { operatorRoutes } from '../../apps/console/src/describe/operators-api.js';
import { AgencyOffice } from '../../apps/console/src/agencies/agency-office.js';
import { ChangeAgencyController } from '../../apps/console/src/agencies/change-agency.controller.js';
import { CheckAgencyController } from '../../apps/console/src/agencies/check-agency.controller.js';
import { DraftAgencyController } from '../../apps/console/src/agencies/draft-agency.controller.js';
import { ShowAgenciesController } from '../../apps/console/src/agencies/show-agencies.controller.js';

let world: ContractWorld;
let app: NestFastifyApplication;
let key: string;
const served = new Set<string>();

beforeAll(async () => {
  world = await ContractWorld.begin();
  const secrets = new Secrets(world.env.LIENTHONG_SECRETS_DIR!);
  @Module({
    controllers: [ShowAgenciesController, DraftAgencyController, CheckAgencyController, ChangeAgencyController],
    providers: [
      { provide: Database, useValue: world.db },
      {
        provide: AgencyOffice,
        useFactory: () => new AgencyOffice(world.db, secrets, { kafkaBrokers: [], namespace: '' }, world.env),
      },
    ],
  })
  class ApiModule {}
  const adapter = new FastifyAdapter();
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD') served.add(`${one.toLowerCase()} ${url.replace(':id', '{id}')}`);
  });
  app = await NestFactory.create<NestFastifyApplication>(ApiModule, adapter, { logger: false, bodyParser: false });
  authenticate(fastify, (given) => operatorOfKey(world.db, given));
  readBodies(fastify);
  app.useGlobalFilters(new RefuseFilter(createLog('spec', 'error'), isUnavailable));
  await app.init();
  await fastify.ready();
  key = await createOperatorKey(world.db, 'lan');
});
afterAll(async () => {
  await app?.close();
  await world?.end();
});

interface Answer {
  code?: string;
  faults?: { path: string; rule: string; line?: number; column?: number }[];
}

async function asked(at: string, yaml: string): Promise<{ status: number; body: Answer }> {
  const answer = await app.inject({
    method: 'POST',
    url: `/v1/agencies/${at}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/yaml' },
    payload: yaml,
  });
  return { status: answer.statusCode, body: answer.json() };
}

/** `file:line:column: path … [rule]`, as the verb prints it. */
const printed = (err: string): string[] =>
  [...err.matchAll(/^ {2}a\.yaml:(\d+):(\d+): (\S+) .*?\[([^\]]+)\]/gm)].map((m) => m.slice(1).join(' '));

describe('CLI and API', () => {
  it.each<[string, string]>([
    ['members that nobody reads', agencyText({ shoeSize: '44', hat: 'x' })],
    ['versions out of order', agencyText({}, versionText('2018-01-01'))],
    ['a protocol that can’t be spoken', agencyText({ protocol: 'lltp-gen2' })],
    [
      'a secret that isn’t there',
      agencyText({ endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: NONE } }` }),
    ],
    ['no reply that accepts', agencyText({ replies: '[{ when: { status: 503 }, means: busy }]' })],
    ['a login in an address', agencyText({ endpoint: `{ baseUrl: 'http://u:p@127.0.0.1:1' }` })],
    ['no YAML', 'id: ['],
  ])('find the same in a file with %s, at the same places, and neither changes anything', async (_what, text) => {
    await world.apply(agencyText());
    const before = await world.inForce();
    const verb = await world.apply(text);
    const { status, body } = await asked('apply', text);
    expect([verb.code, status, body.code]).toEqual([1, 422, 'invalid-agency-file']);
    const found = body.faults!.map(({ path, rule, line, column }) => `${line} ${column} ${path} ${rule}`);
    expect(found).toEqual(printed(verb.err));
    expect(found.length).toBeGreaterThan(0);
    expect(await world.inForce()).toBe(before);
  });

  it('compare and rehearse a file to the same findings', async () => {
    await world.apply(agencyText());
    const text = agencyText({ limits: '{ inFlight: 8, timeout: 1s }' }, versionText('2021-01-01'));
    const path = world.file(text);
    for (const at of ['diff', 'rehearse']) {
      const verb = await world.typed(`agency ${at} ${path} --json`);
      expect((await asked(at, text)).body).toEqual(JSON.parse(verb.out));
    }
    const verb = await world.typed(`agency unmapped a ${path} --json`);
    expect((await asked('unmapped', text)).body).toEqual(JSON.parse(verb.out));
  });

  it('write who applied what into one history', async () => {
    await world.clear();
    await world.apply(agencyText());
    expect(await asked('apply?note=hai', agencyText({ owner: 'G01' }))).toMatchObject({
      status: 200,
      body: { serial: 2 },
    });
    const { out } = await world.typed('agency history a --json');
    expect((JSON.parse(out) as { history: object[] }).history).toMatchObject([
      { author: 'lan', note: 'hai' },
      { author: 'lan', note: null },
    ]);
  });

  it('serve what the description says, all of it and nothing else', () => {
    expect([...served].filter((route) => route.includes('/v1/')).sort()).toEqual(
      operatorRoutes.map(({ method, at }) => `${method} ${at}`).sort(),
    );
  });
});
