/** What can be measured by the common workload, each as one run of its own. */
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { drain, newPrefix } from './drain.mjs';
import { openHub } from './hub.mjs';
import { mappedContract, mappedItem } from './mapped.mjs';
import { openPeer } from './peers.mjs';
import { cloudEvent, EVENTS } from './workload.mjs';

/**
 * Entered before the clock starts; relay, plan and delivery are in it. `contract` is what the partners' contracts have more,
 * `item` what is entered of an event.
 */
export function runHub({ cases, contract, item, prepare = () => {}, ...more }) {
  const prefix = newPrefix();
  return drain({
    cases,
    prefix,
    ...more,
    begin: async ({ urls }) => {
      const hub = await openHub(urls, contract);
      await hub.enterAll(cases, prefix, more.events, item);
      await prepare(hub);
      await settleStores(hub);
      return delivering(hub);
    },
  });
}

/** The same events, each a case in full that its contract maps into judicial records' form. */
export const runHubMapped = ({ cases }) => runHub({ cases, contract: mappedContract, item: mappedItem });

/** Handed to intake over HTTP while it is delivered: four senders, each a batch of a line an event. */
export function runHubWithEntry({ cases, contract }) {
  const prefix = newPrefix();
  return drain({
    cases,
    prefix,
    begin: async ({ urls }) => {
      const hub = await openHub(urls, contract);
      const intake = hub.start('intake');
      const port = await intake.ready;
      const subject = delivering(hub, [intake]);
      await subject.ready;
      const key = await hub.key();
      subject.entry = Promise.all([0, 1, 2, 3].map((part) => sendPart({ port, key, prefix, cases, part })));
      subject.entry.catch((error) => console.error(error));
      return subject;
    },
  });
}

export function runPeer(name, { cases, ...more }) {
  const prefix = newPrefix();
  return drain({
    cases,
    prefix,
    ...more,
    begin: async ({ urls }) => {
      const peer = await openPeer(name, urls);
      await peer.preload(cases, prefix);
      peer.start();
      return peer;
    },
  });
}

/** The hub's delivery process under way; it may be killed and started again. */
export function delivering(hub, others = []) {
  let process = hub.start('delivery');
  return {
    hub,
    ready: process.ready,
    pids: () => [process, ...others].map(({ pid }) => pid),
    kill: () => process.end('SIGKILL'),
    start: () => (process = hub.start('delivery')),
    end: () => hub.close(),
  };
}

/** What loading left to do for PostgreSQL is done before the clock starts. */
export async function settleStores({ db }) {
  await db.pool.query('vacuum analyze');
  await db.pool.query('checkpoint');
}

/** One sender's cases as NDJSON in one request; every answer must be an acceptance. */
function sendPart({ port, key, prefix, cases, part }) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' };
    const out = request({ host: '127.0.0.1', port, path: '/v1/batches', method: 'POST', headers });
    out.on('error', reject);
    out.on('response', (answer) => {
      const lines = createInterface({ input: answer });
      lines.on('line', (line) => {
        const { outcome } = JSON.parse(line);
        if (outcome !== 'accepted') reject(new Error(`intake said ${line}`));
      });
      lines.on('close', resolve);
    });
    void writeLines(out, prefix, cases, part).then(() => out.end(), reject);
  });
}

async function writeLines(out, prefix, cases, part) {
  for (let seq = 1; seq <= EVENTS; seq++)
    for (let c = part; c < cases; c += 4)
      if (!out.write(`${JSON.stringify(cloudEvent(prefix, { c, seq }))}\n`))
        await new Promise((resolve) => out.once('drain', resolve));
}
