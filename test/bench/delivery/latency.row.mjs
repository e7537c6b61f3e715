import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { figure, percentile } from '../fresh.mjs';
import { drain, newPrefix } from './drain.mjs';
import { openHub } from './hub.mjs';
import { pace } from './pace.mjs';
import { openPeer } from './peers.mjs';
import { delivering } from './subjects.mjs';
import { cloudEvent, EVENTS, eventsOf, now, WARM } from './workload.mjs';

export const names = ['latency'];
const RATE = 300;
const WARM_S = 3;
const SECONDS = 15;
const CASES = (RATE * (WARM_S + SECONDS)) / EVENTS;
const CONNECTIONS = 64;
const PARTITIONS = 8;

/** From just before an event goes to intake over HTTP until a partner has it, at 300 events (1,200 deliveries) a second. */
export async function run({ note }) {
  const hub = await steady(hubAtIntake);
  const raw = await steady(rawLedger);
  note('latency: hub', hub);
  note('latency: raw-ledger', raw);
  const at = (run, p) => percentile(Object.values(run.verdict.partners).flatMap((v) => v.latencies), p); // prettier-ignore
  const one = (p, goal) =>
    figure(`entered → at the partner, ${RATE} events/s, p${p}`, at(hub, p), 'ms', { 'raw-ledger': at(raw, p) }, `≤ ${goal}`, at(hub, p) <= goal); // prettier-ignore
  const { lost, doubled, outOfOrder } = hub.verdict;
  const wrong = lost + doubled + outOfOrder;
  return {
    figures: [
      one(50, 10),
      one(99, 60),
      figure('lost, doubled, out of order at it', wrong, 'deliveries', {}, '0', wrong === 0),
    ],
  };
}

function steady(begin) {
  const prefix = newPrefix();
  let startedAt;
  return drain({
    cases: CASES,
    prefix,
    expected: () => ({ latencyFrom: startedAt + WARM_S * 1_000 }),
    begin: async (partners) => {
      const { subject, enter } = await begin(partners.urls);
      await warm(partners, enter);
      startedAt = now();
      pace([...eventsOf(CASES)], RATE, (events) => enter(events, prefix)).catch((error) => console.error(error));
      return subject;
    },
  });
}

/** Everybody is connected and has joined its group: each partner has an event of each partition. */
async function warm(partners, enter) {
  await enter([...eventsOf(PARTITIONS * 4, 1)], WARM);
  for (let all = false; !all; await sleep(100))
    all = (await partners.progress()).partners.every(({ other }) => other >= PARTITIONS * 4);
}

async function hubAtIntake(urls) {
  const hub = await openHub(urls);
  const intake = hub.start('intake');
  const subject = delivering(hub, [intake]);
  await subject.ready;
  const key = await hub.key();
  const pool = new Pool(`http://127.0.0.1:${await intake.ready}`, { connections: CONNECTIONS });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const one = async (event, prefix) => {
    const sent = cloudEvent(prefix, event);
    const first = event.seq === 1;
    const path = first ? '/v1/cases' : `/v1/cases/${sent.subject.slice('case/'.length)}/events`;
    const body = JSON.stringify(first ? sent.data : sent);
    const answer = await pool.request({ method: 'POST', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${text}`);
  };
  const end = () => Promise.all([pool.close(), subject.end()]);
  return {
    subject: { ...subject, end },
    enter: (events, prefix) => Promise.all(events.map((event) => one(event, prefix))),
  };
}

async function rawLedger(urls) {
  const peer = await openPeer('raw-ledger', urls);
  peer.start();
  return { subject: peer, enter: peer.publish };
}
