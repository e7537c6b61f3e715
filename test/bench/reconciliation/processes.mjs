import { fork } from 'node:child_process';
import { once } from 'node:events';

import { reconciliationOptions } from '../../../deploy/local/apps.mjs';

const script = (name) => new URL(`${name}.mjs`, import.meta.url).pathname;

/** A partner's system in a process of its own; `stop` ends it. */
export async function startPartner(asked) {
  const child = fork(script('partner'), [JSON.stringify(asked)], { execArgv: ['--max-old-space-size=2048'] });
  const { port, planted } = await said(child);
  const stop = async () => {
    child.disconnect();
    await once(child, 'exit');
  };
  return { url: `http://127.0.0.1:${port}`, planted, stop };
}

/** One comparison in a process of its own, whose memory is nobody else's, started as the reconciliation process is. */
export async function compareOnce(asked) {
  const child = fork(script('compare'), [JSON.stringify(asked)], { execArgv: reconciliationOptions });
  const result = await said(child);
  if (result.state !== 'done')
    throw new Error(`comparison by ${asked.way.by}: ${result.state}, ${JSON.stringify(result.comparison.reason)}`);
  return result;
}

/** One statement in a process of its own, started as the reconciliation process is. */
export async function stateOnce(asked) {
  const child = fork(script('state-once'), [JSON.stringify(asked)], { execArgv: reconciliationOptions });
  const result = await said(child);
  if (result.state !== 'done') throw new Error(`statement of ${asked.day}: ${result.state}`);
  return result;
}

async function said(child) {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`process ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return message;
}
