import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'deploy', 'scenarios');
const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');

let lltp: Running;
beforeEach(async () => {
  lltp = await run('lltp', newFolder());
  await lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
});
afterEach(() => lltp.stop());

const put = async (yaml: string, query = '', at = lltp): Promise<{ status: number; body: Record<string, unknown> }> => {
  const headers = { 'content-type': 'application/yaml' };
  const answer = await fetch(`${at.control}/scenario${query}`, { method: 'PUT', body: yaml, headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const scenario = (steps: string): string =>
  `apiVersion: lienthong/v1\nkind: Scenario\ntitle: { vi: Thử, en: Trial }\nsteps:\n${steps}`;
let serial = 0;
const apply = async () => {
  const maHoSoMCDT = `H56.14-241112-${String(++serial).padStart(4, '0')}`;
  return (await lltp.post('/api/lltp/gui-ho-so', { ...request, maHoSoMCDT })).status;
};
const states = async () =>
  ((await lltp.ask('GET', '/scenario')) as { steps: { state: string }[] }).steps.map(({ state }) => state);

describe('a scenario', () => {
  it('begins and ends its steps by what arrives, one after the other', async () => {
    await put(
      scenario(`
  - { name: one, at: lltp, when: { applied: 2 }, do: { busy: 2 } }
  - { name: two, at: lltp, when: { after: one, requests: 5 }, do: { unavailable: true }, for: { hits: 1 } }
  - { name: three, at: cong-dvc, do: { down: true } }
`),
    );
    expect(await states()).toEqual(['waiting', 'waiting']);
    const seen: number[] = [];
    for (let n = 0; n < 7; n++) seen.push(await apply());
    expect(seen).toEqual([200, 200, 503, 503, 503, 200, 200]);
    expect(await lltp.ask('GET', '/scenario')).toMatchObject({
      title: { vi: 'Thử' },
      over: true,
      requests: 7,
      applied: 4,
      steps: [
        { name: 'one', hits: 2 },
        { name: 'two', hits: 1 },
      ],
    });
  });

  it('begins by a status and ends by a condition', async () => {
    await put(
      scenario(
        `  - { name: one, at: lltp, when: { status: 5 }, do: { unavailable: true }, for: { until: { status: 4 } } }`,
      ),
    );
    await apply();
    const code = `H56.14-241112-${String(serial).padStart(4, '0')}`;
    expect(await apply()).toBe(200);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 5 });
    expect([await apply(), await apply()]).toEqual([503, 503]);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    expect(await apply()).toBe(200);
  });

  it('lets two hours pass in less than a second, and the port open again', async () => {
    await put(scenario(`  - { name: one, at: lltp, do: { down: true }, for: { duration: 2h } }`), '?pace=14400');
    await expect(apply()).rejects.toThrow();
    await eventually(async () => expect(await states()).toEqual(['over']));
    expect(await apply()).toBe(200);
  });

  it('ends when it is deleted, and leaves alone what was asked for by hand', async () => {
    await lltp.ask('PUT', '/faults', { slowMs: 1 });
    await put(scenario(`  - { name: one, at: lltp, do: { unavailable: true } }`));
    expect(await apply()).toBe(503);
    await lltp.ask('PUT', '/faults', { slowMs: 2 });
    expect(await apply()).toBe(503);
    expect(await lltp.ask('DELETE', '/scenario')).toMatchObject({ played: { steps: [{ hits: 2 }] } });
    expect(await apply()).toBe(200);
    expect(await lltp.ask('GET', '/faults')).toMatchObject({ faults: [{ slowMs: 2 }] });
    expect(await lltp.ask('GET', '/scenario')).toEqual({ detail: 'no scenario is played' });
  });

  it.each([
    ['a: [', '1:5'],
    ['kind: Scenario', '1:1 '],
    [scenario('  - { name: one, at: lltp, do: { busy: 1 }, fro: { hits: 1 } }'), '5:45 /steps/0/fro'],
    [scenario('  - { name: one, at: lltp, do: { bsuy: 1 } }'), '5:34 /steps/0/do/bsuy'],
    [scenario('  - { name: one, at: lltp, do: { busy: 1, hang: 1 } }'), '5:28 /steps/0/do'],
    [scenario('  - { name: one, at: lltp, do: { sessionEndsAfter: 1 } }'), '5:34 /steps/0/do/sessionEndsAfter'],
    [scenario('  - { name: one, at: thue, do: { busy: 1 } }'), '5:18 /steps/0/at'],
    [scenario('  - { name: one, at: lltp, when: { at: 2 days }, do: { busy: 1 } }'), '5:36 /steps/0/when/at'],
    [scenario('  - { name: one, at: lltp, when: { after: two }, do: { busy: 1 } }'), '5:36 /steps/0/when/after'],
    [
      scenario('  - { name: one, at: lltp, do: { busy: 1 } }\n  - { name: one, at: lltp, do: { busy: 1 } }'),
      '6:7 /steps/1/name',
    ],
  ])('that says %j is refused with its place, and the one before goes on', async (text, place) => {
    await put(scenario(`  - { name: before, at: lltp, do: { slowMs: 1 } }`));
    const { status, body } = await put(text);
    expect(status).toBe(400);
    expect(body['detail']).toEqual(expect.stringContaining(place));
    expect(await lltp.ask('GET', '/scenario')).toMatchObject({ steps: [{ name: 'before' }] });
  });
});

describe('the scenarios of deploy/scenarios', () => {
  it.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))('%s can be played', async (file) => {
    const { status, body } = await put(readFileSync(join(folder, file), 'utf8'));
    expect([status, body['detail']]).toEqual([200, undefined]);
  });
});
