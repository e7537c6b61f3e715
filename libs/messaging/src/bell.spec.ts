import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { Bell } from './bell.js';
import { eventually } from '../../wire/src/testing/eventually.js';
import { OwnServer, rememberingLog, someNamespace } from './testing/services.js';

jest.setTimeout(300_000);

describe('the bell', () => {
  let server: OwnServer;
  const open: Bell[] = [];

  beforeAll(async () => {
    server = await OwnServer.redis();
    await server.start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bell) => bell.close()));
  });
  afterAll(() => server.remove());

  function bell(namespace: string, name = 'relay', log = rememberingLog()): Bell {
    const one = new Bell({ redisUrl: `redis://127.0.0.1:${server.port}`, namespace, name, log });
    open.push(one);
    return one;
  }
  function hear(one: Bell): { rings: number } {
    const heard = { rings: 0 };
    one.onRing(() => void heard.rings++);
    return heard;
  }

  it('is heard by every listener of its name and namespace, and by no other', async () => {
    const namespace = someNamespace();
    const [here, too] = [hear(bell(namespace)), hear(bell(namespace))];
    const elsewhere = [hear(bell(someNamespace())), hear(bell(namespace, 'other'))];
    await eventually(() => expect([here, too, ...elsewhere].every(({ rings }) => rings === 1)).toBe(true));
    bell(namespace).ring();
    await eventually(() => expect([here.rings, too.rings]).toEqual([2, 2]));
    expect(elsewhere.map(({ rings }) => rings)).toEqual([1, 1]);
  });

  it('makes few rings of many, and always one after the last', async () => {
    const namespace = someNamespace();
    const heard = hear(bell(namespace));
    await eventually(() => expect(heard.rings).toBe(1));
    const ringer = bell(namespace);
    ringer.ring();
    await eventually(() => expect(heard.rings).toBe(2));
    for (let n = 0; n < 10_000; n++) ringer.ring();
    await eventually(() => expect(heard.rings).toBe(4));
    ringer.ring();
    await eventually(() => expect(heard.rings).toBe(5));
  });

  it('says what there is, and of much only that there is something', async () => {
    const namespace = someNamespace();
    const heard: string[][] = [];
    bell(namespace).onRing((words) => void heard.push([...words]));
    await eventually(() => expect(heard).toEqual([[]]));
    const ringer = bell(namespace);
    ringer.ring(['0']);
    await eventually(() => expect(heard.at(-1)).toEqual(['0']));
    // One is under way; the others gather for the next.
    for (const words of [['1'], ['2', '3'], ['2']]) ringer.ring(words);
    await eventually(() => expect(heard.at(-1)).toEqual(['2', '3']));
    expect(heard.slice(2)).toEqual([['1'], ['2', '3']]);
    ringer.ring(['4']);
    ringer.ring(['5']);
    ringer.ring();
    await eventually(() => expect(heard.slice(4)).toEqual([['4'], []]));
    ringer.ring(['6']);
    ringer.ring(Array.from({ length: 65 }, (_, n) => `${n}`));
    await eventually(() => expect(heard.slice(6)).toEqual([['6'], []]));
  });

  it('costs nothing while Redis is away, and rings once when it has come', async () => {
    await server.kill();
    const namespace = someNamespace();
    const heard = hear(bell(namespace));
    const ringer = bell(namespace);
    for (let n = 0; n < 10_000; n++) ringer.ring();
    expect(heard.rings).toBe(0);
    expect(ringer.isUp()).toBe(false);
    await server.start();
    await eventually(() => expect(ringer.isUp()).toBe(true));
    await eventually(() => expect(heard.rings).toBeGreaterThan(0));
    const before = heard.rings;
    ringer.ring();
    await eventually(() => expect(heard.rings).toBeGreaterThan(before));
  });

  it('passes over a listener that fails', async () => {
    const log = rememberingLog();
    const one = bell(someNamespace(), 'relay', log);
    one.onRing(() => {
      throw new Error('deaf');
    });
    const heard = hear(one);
    await eventually(() => expect(heard.rings).toBeGreaterThan(0));
    expect(log.lines.join()).toContain('deaf');
  });

  it('leaves nothing of it open in Redis when closed', async () => {
    const redis = new Redis(server.port);
    const one = bell(someNamespace());
    hear(one);
    one.ring();
    await eventually(async () => expect(await clients(redis)).toBe(3));
    await one.close();
    await eventually(async () => expect(await clients(redis)).toBe(1));
    await redis.quit();
  });
});

async function clients(redis: Redis): Promise<number> {
  return Number(/connected_clients:(\d+)/.exec(await redis.info('clients'))?.[1]);
}
