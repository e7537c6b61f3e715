import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./partners.process.mjs', import.meta.url));

/** Four partners in a process of their own, answering after 2 ms until told otherwise. */
export async function startPartners() {
  const child = fork(script, [], { stdio: 'inherit', serialization: 'advanced' });
  const waiting = new Map();
  let asked = 0;
  const ports = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the partners ended')));
    child.on('message', (said) => {
      if (said.ports) return resolve(said.ports);
      waiting.get(said.id)(said.answer);
      waiting.delete(said.id);
    });
  });
  const ask = (what, given = {}) =>
    new Promise((resolve) => {
      const id = ++asked;
      waiting.set(id, resolve);
      child.send({ id, ask: what, ...given });
    });
  return {
    pid: child.pid,
    urls: ports.map((port) => `http://127.0.0.1:${port}/events`),
    rule: (partner, rule) => ask('rule', { partner, rule }),
    progress: () => ask('progress'),
    between: (partner, from, to) => ask('between', { partner, from, to }),
    report: (expected) => ask('report', { expected }),
    end: () => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    },
  };
}

export const distinctOf = ({ partners }) => partners.reduce((sum, { distinct }) => sum + distinct, 0);
