import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { standInNames } from './stand-in/stand-in.js';
import { Supervisor } from './supervise-stand-ins.js';
import { eventually } from '../../../libs/wire/src/testing/eventually.js';
import { newFolder, sample } from './testing/run-for-a-test.js';

const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'apps', 'sandbox', 'src', 'stand-in.main.js');

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the sandbox', () => {
  it('starts a stand-in again that was killed, with what it held, and ends all of them with itself', async () => {
    if (!existsSync(main)) throw new Error('build first: npm run build');
    const ports = { LIENTHONG_LLTP_PORT: '0', LIENTHONG_PORTAL_PORT: '0', LIENTHONG_ONESTOP_PORT: '0' };
    const env = { PATH: process.env['PATH'], LIENTHONG_BOOKS_DIR: newFolder(), ...ports };
    const supervisor = new Supervisor(main, env);
    await supervisor.start();
    const pids = (): number[] => standInNames.map((name) => supervisor.running(name).pid ?? 0);
    try {
      const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');
      await fetch(`http://127.0.0.1:${supervisor.running('lltp').port}/api/lltp/gui-ho-so`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      process.kill(supervisor.running('lltp').pid ?? 0, 'SIGKILL');
      await eventually(async () => {
        const { restarts, controlPort } = supervisor.running('lltp');
        expect(restarts).toBe(1);
        const held = await fetch(`http://127.0.0.1:${controlPort}/holds?code=${String(request['maHoSoMCDT'])}`);
        expect(held.status).toBe(200);
      });
      expect(pids().every(isAlive)).toBe(true);
    } finally {
      await supervisor.stop();
    }
    expect(pids().some(isAlive)).toBe(false);
  }, 300_000);
});
