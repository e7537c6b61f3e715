import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const ANSWERS_WITHIN_MS = 3_000;
const ASK_AGAIN_MS = 500;
/** Nobody wanted to connect there for so long: it isn't looked after any more. */
const FORGET_AFTER_MS = 60_000;

/** ApiVersions, version 0, from nobody: the smallest question that every broker answers. */
const QUESTION = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/** Address → when somebody last wanted to connect there. */
const silent = new Map<string, number>();

type Answer = 'answers' | 'refuses' | 'silent';

/**
 * A broker whose port is open but which says nothing (frozen, or behind a network that swallows). kafkajs would wait for it
 * again and again, each client by itself; the whole process knows it here, until it answers.
 */
export function isSilent(host: string, port: number): boolean {
  const address = `${host}:${port}`;
  if (!silent.has(address)) return false;
  silent.set(address, performance.now());
  return true;
}

/** Asks on a connection of its own whether the broker answers at all; one that doesn't is silent from now on. */
export async function foundSilent(host: string, port: number): Promise<boolean> {
  const address = `${host}:${port}`;
  if (silent.has(address)) return true;
  if ((await ask(host, port)) !== 'silent') return false;
  if (!silent.has(address)) {
    silent.set(address, performance.now());
    void keepAsking(host, port);
  }
  return true;
}

/** Holds no process back from ending. */
async function keepAsking(host: string, port: number): Promise<void> {
  const address = `${host}:${port}`;
  while (performance.now() - (silent.get(address) ?? 0) < FORGET_AFTER_MS) {
    await wait(ASK_AGAIN_MS, undefined, { ref: false });
    if ((await ask(host, port)) !== 'silent') break;
  }
  silent.delete(address);
}

function ask(host: string, port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }).unref();
    const end = (answer: Answer) => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => end('silent'), ANSWERS_WITHIN_MS).unref();
    socket.once('connect', () => socket.write(QUESTION));
    socket.once('data', () => end('answers'));
    socket.once('error', () => end('refuses'));
    socket.once('close', () => end('refuses'));
  });
}
