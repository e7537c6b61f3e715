import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { counterRoutes } from '../../apps/sandbox/src/counter/counter.routes.js';
import { exampleForm } from '../../apps/sandbox/src/counter/example.js';
import { counterOptions } from '../../apps/sandbox/src/counter/options.js';
import { StandInsClient } from '../../apps/sandbox/src/counter/stand-ins-client.js';
import type { StandInName } from '../../apps/sandbox/src/stand-in/stand-in.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';

let hub: Hub;
let form: FastifyInstance;
let url: string;

beforeAll(async () => {
  hub = await Hub.start({ agencies: 'deploy/provinces/demo/agencies' });
  const { lltp, portal, oneStop } = hub.standIns;
  const control = (name: StandInName): number =>
    Number({ lltp, 'cong-dvc': portal, 'mot-cua': oneStop }[name].process.said['controlPort']);
  form = Fastify({ forceCloseConnections: true });
  counterRoutes(form, {
    options: counterOptions({}),
    standIns: new StandInsClient('127.0.0.1', control),
    running: (name) => ({ controlPort: control(name), restarts: 0 }),
  });
  await form.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(form.server.address() as AddressInfo).port}`;
}, 300_000);
afterAll(async () => {
  await form?.close();
  await hub?.stop();
});

it('sees the case arrive everywhere, its record come back byte for byte, and hands it over', async () => {
  const { values, residences } = exampleForm(7);
  const body = new FormData();
  for (const [name, value] of values) body.append(name, value);
  residences.forEach((row, n) =>
    Object.entries(row).forEach(([name, value]) => body.append(`residences.${n}.${name}`, value)),
  );
  body.append('attachments', new File(['%PDF-1.4 ảnh chụp căn cước'], 'can-cuoc.pdf', { type: 'application/pdf' }));
  const entered = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  expect(entered.status).toBe(303);
  const at = entered.headers.get('location')!;
  const page = async (): Promise<string> => (await fetch(url + at)).text();

  await eventually(async () => {
    const steps = [...(await page()).matchAll(/<li class="(\w+)">/g)].map(([, state]) => state);
    expect(steps).toEqual(['done', 'done', 'done', 'done', 'done']);
  }, 300_000);
  const link = /\/ho-so\/[^"]+\/ket-qua\/([0-9a-f]{64})/.exec(await page())!;
  const record = Buffer.from(await (await fetch(url + link[0])).arrayBuffer());
  expect(record.subarray(0, 8).toString()).toBe('%PDF-1.4');
  expect(createHash('sha256').update(record).digest('hex')).toBe(link[1]);

  await fetch(`${url}${at}/tra-ket-qua`, { method: 'POST', redirect: 'manual' });
  await eventually(async () => expect(await page()).toContain('data-finished'), 90_000);
  await hub.atRest();
});
