import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';

import { scenarioForAll } from './scenario-for-all.routes.js';
import { newFolder, run, type Running } from './testing/run-for-a-test.js';

const app = Fastify();
let lltp: Running;
let portal: Running;
beforeAll(async () => {
  [lltp, portal] = await Promise.all([run('lltp', newFolder()), run('cong-dvc', newFolder())]);
  scenarioForAll(app, ['lltp', 'cong-dvc'], (name) => ({ lltp, 'cong-dvc': portal })[name].control);
});
afterAll(async () => {
  await app.close();
  await Promise.all([lltp.stop(), portal.stop()]);
});

const put = (steps: string) =>
  app.inject({
    method: 'PUT',
    url: '/scenario?pace=60',
    headers: { 'content-type': 'application/yaml' },
    payload: `apiVersion: lienthong/v1\nkind: Scenario\ntitle: { vi: Thử, en: Trial }\nsteps:\n${steps}`,
  });
const both =
  '  - { name: a, at: lltp, do: { slowMs: 60 } }\n  - { name: b, at: cong-dvc, do: { sessionEndsAfter: 9 } }';

describe('one scenario for all stand-ins', () => {
  it('is played by each as far as it is meant, shown and ended', async () => {
    expect((await put(both)).statusCode).toBe(200);
    expect((await app.inject('/scenario')).json()).toMatchObject({
      lltp: { steps: [{ name: 'a', state: 'playing' }] },
      'cong-dvc': { steps: [{ name: 'b', state: 'playing' }] },
    });
    expect(await lltp.ask('GET', '/faults')).toMatchObject({ faults: [{ slowMs: 1, step: 'a' }] });
    await app.inject({ method: 'DELETE', url: '/scenario' });
    expect(await portal.ask('GET', '/faults')).toEqual({ faults: [] });
  });

  it('is played by none where one can’t', async () => {
    const wrong = await put(`${both}\n  - { name: c, at: lltp, do: { sessionEndsAfter: 1 } }`);
    expect([wrong.statusCode, wrong.json()]).toMatchObject([400, { line: 7, path: '/steps/2/do/sessionEndsAfter' }]);
    expect(await portal.ask('GET', '/faults')).toEqual({ faults: [] });
  });
});
