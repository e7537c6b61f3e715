import { expect, it } from '@jest/globals';
import type { ContractBook } from '#ledger';
import { createLog } from '#service';
import type { ContractVersion } from '#wire';
import { CollectAnswersSchedule } from './collect-answers.schedule.js';
import type { ConnectorsInForce } from './connectors-in-force.js';

const contractOf = (path: string): ContractVersion =>
  ({ endpoint: { baseUrl: path }, collect: { ask: 'list', every: '1ms' } }) as unknown as ContractVersion;

it.each(['paused', 'changed'] as const)('a list without end isn’t asked on once its agency is %s', async (how) => {
  const stands = { paused: false, contract: contractOf('/old') };
  const asked: string[] = [];
  let ticks = 0;
  let isDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (isDone = resolve));
  const book = {
    all: () => {
      if (asked.length >= 3 && ++ticks > 2) isDone();
      return [{ id: 'records', paused: stands.paused }];
    },
    isPaused: () => stands.paused,
    version: () => stands.contract,
  } as unknown as ContractBook;
  const connectors = {
    of: () => Promise.resolve({ collectList: () => undefined }),
    close: () => Promise.resolve(),
  } as unknown as ConnectorsInForce;
  const list = async (_: string, { endpoint }: ContractVersion): Promise<'more'> => {
    asked.push(endpoint!.baseUrl);
    if (asked.length === 3)
      Object.assign(stands, how === 'paused' ? { paused: true } : { contract: contractOf('/new') });
    await new Promise((resolve) => setImmediate(resolve));
    return 'more';
  };
  const no = (): Promise<never> => Promise.reject(new Error('no'));
  const rounds = { perCase: no, list, catalogue: no };
  const schedule = new CollectAnswersSchedule(book, connectors, rounds, createLog('spec', 'silent'));
  schedule.start();
  await done;
  await schedule.stop();
  expect(asked.filter((path) => path === '/old')).toHaveLength(3);
});
