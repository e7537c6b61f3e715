import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { newFolder, runProcess, sample, type Running } from '../testing/run-for-a-test.js';
import type { StandInName } from './stand-in.js';

type Members = Record<string, unknown>;
type Send = (code: string) => Promise<boolean>;

const codeOf = (n: number): string => `H56.14-241112-${String(n).padStart(4, '0')}`;

/** For each stand-in, how to send it one new case; true where it said that it has it. */
const senders: Record<StandInName, (standIn: Running) => Promise<Send>> = {
  lltp: (standIn) => {
    const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');
    return Promise.resolve(async (code) => {
      const { body } = await standIn.post('/api/lltp/gui-ho-so', { ...request, maHoSoMCDT: code });
      return (body as Members)['status'] === '1';
    });
  },
  'cong-dvc': async (standIn) => {
    const headers = { dstcode: 'PORTAL-MAU' };
    const { body } = await standIn.post('/login', sample('national-portal-case-sync/login.request.json'), headers);
    const request = sample('national-portal-case-sync/DongBoHoSoMC.add.request.json');
    const item = (request['data'] as Members[])[0];
    return async (code) => {
      const data = [{ ...item, MaHoSo: code }];
      const answer = await standIn.post(
        '/integration',
        { ...request, session: (body as Members)['session'], data },
        headers,
      );
      return (answer.body as Members)['error_code'] === '0';
    };
  },
  'mot-cua': (standIn) =>
    Promise.resolve(async (code) => {
      const event = {
        specversion: '1.0',
        id: `event of ${code}`,
        source: '/lienthong',
        type: 'vn.lienthong.case.status-changed.v1',
        subject: `case/${code}`,
        time: '2026-11-23T03:00:00Z',
        data: { status: 4, at: '2026-11-23T03:00:00Z' },
      };
      const headers = { 'content-type': 'application/cloudevents+json', authorization: 'Bearer <secret>' };
      return (await standIn.post(`/cases/${code}/events`, event, headers)).status === 200;
    }),
};

describe('killed (-9) in the middle of a thousand requests', () => {
  it.each(Object.keys(senders) as StandInName[])(
    '%s holds all that it answered, once each, and its book and its state agree',
    async (name) => {
      const folder = newFolder();
      const first = await runProcess(name, folder);
      const send = await senders[name](first);
      const answered: string[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < 1_000) {
          const code = codeOf(next++);
          if (!(await send(code))) throw new Error(`${name} did not take ${code}`);
          answered.push(code);
          if (answered.length === 400) first.process.kill('SIGKILL');
        }
      };
      const ends = await Promise.allSettled(Array.from({ length: 16 }, worker));
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
      if (first.process.signalCode === null) await once(first.process, 'exit');
      expect(answered.length).toBeGreaterThanOrEqual(400);
      expect(answered.length).toBeLessThan(1_000);

      const again = await runProcess(name, folder);
      try {
        const books = await again.lines('/books');
        const numbers = books.map(({ n }) => Number(n));
        expect(numbers.every((n, i) => i === 0 || n > (numbers[i - 1] ?? n))).toBe(true);
        const applied = books.filter(({ effect }) => effect === 'applied').map(({ code }) => code);
        expect(new Set(applied).size).toBe(applied.length);
        expect(applied).toEqual(expect.arrayContaining(answered));
        const held = (await again.lines('/holds')).map(({ code }) => code);
        expect(held.sort()).toEqual(applied.sort());

        const sendAgain = await senders[name](again);
        await sendAgain(answered[0] ?? '');
        expect((await again.lines('/books')).at(-1)).toMatchObject({ effect: 'repeat', code: answered[0] });
      } finally {
        await again.stop();
      }
    },
    60_000,
  );
});
