import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../deploy/local/processes.mjs';
import type { Evidence } from './evidence.js';
import type { Fault, World, WorldKind } from './fault.js';
import { atRest, openLanes } from './hub/at-rest.js';
import { Hub, type Services } from './hub/hub.js';
import { findLeaks } from './judge/find-leaks.js';
import { judge, type Verdict } from './judge/judge.js';
import { readLedger } from './judge/read-ledger.js';
import { Load } from './load/load.js';
import { plannedCase, planted } from './load/planned-case.js';
import { Partners } from './partners/partners.js';

export interface Size {
  /** Events at least; each is four deliveries. */
  events: number;
  perSecond: number;
  /** Whether faults last only a part of their time. */
  quick: boolean;
  restWithinMs: number;
}

/** What a world of this kind is connected to. */
export type Connect = (kind: WorldKind) => Promise<Omit<World, 'hub' | 'partners' | 'forSeconds'> & { urls: Services }>;

const BEFORE = 0.25;
const AFTER = 0.15;
const NEVER_MS = 600_000;

/** A run without anything in its way, to compare with. */
export const noFault = (world: WorldKind): Fault => ({
  name: world === 'direct' ? 'none' : `none (${world})`,
  vi: 'không có sự cố',
  en: 'no fault',
  world,
  happen: ({ forSeconds }) => forSeconds(5),
});

/**
 * One fault on a hub of its own: load before, during and after it; then rest; then both sides' books are judged.
 * Nothing is asked of the hub in between.
 */
export async function runFault(
  fault: Fault,
  size: Size,
  baselineP99: number | null,
  { connect, folder, say }: { connect: Connect; folder: string; say: (line: string) => void },
): Promise<Verdict> {
  const at = join(folder, fault.name.replace(/\W+/g, '-'));
  rmSync(at, { recursive: true, force: true });
  const { urls, ...given } = await connect(fault.world ?? 'direct');
  const partners = await Partners.start();
  const hub = await Hub.start(urls, at, partners.ports);
  await hub.settled();
  const forSeconds = (seconds: number, quickly = seconds / 4): Promise<void> =>
    pause((size.quick ? quickly : seconds) * 1_000);
  const load = new Load(hub.intake, size.perSecond, fault.load ?? ((n) => plannedCase(n)));
  try {
    await entered(load, size.events * BEFORE);
    const struckAt = Date.now();
    await fault.happen({ ...given, hub, partners, forSeconds });
    const mendedAt = Date.now();
    await entered(load, Math.max(size.events, load.entered + size.events * AFTER));
    await load.stop();
    const first = await atRest(hub, size.restWithinMs);
    let rest = first;
    let retriedAt: number | undefined;
    if (fault.parks && first.restedAt !== null) {
      retriedAt = Date.now();
      for (const partner of fault.touches ?? []) await hub.command('retry', partner);
      rest = await atRest(hub, size.restWithinMs);
    }
    if (rest.restedAt === null) {
      say(`  ${fault.name}: not at rest after ${size.restWithinMs / 1_000} s: ${rest.left}`);
      writeFileSync(join(at, 'open-lanes.json'), JSON.stringify(await openLanes(hub), null, 1));
    }
    const evidence: Evidence = {
      sent: load.sent,
      books: await partners.books(),
      ledger: await readLedger(hub.databaseUrl),
      moments: { struckAt, mendedAt, restedAt: rest.restedAt, ...(retriedAt === undefined ? {} : { retriedAt }) },
      leaks: await findLeaks(hub, at, planted),
    };
    for (const process of hub.all)
      if (process.endedByItself > 0) say(`  ${fault.name}: ${process.name} ended by itself ${process.endedByItself} ×`);
    const refused = load.sent.filter(({ status }) => status !== 200 && status !== 202);
    if (refused.length > 0) say(`  ${fault.name}: ${refused.length} events not taken, first: ${refused[0]?.status}`);
    const { name, touches: touched = [], tries } = fault;
    const verdict = judge(evidence, { fault: name, touched, baselineP99, ...(tries ? { tries } : {}) });
    for (const note of verdict.notes) say(`  ${name}: ${note}`);
    if (verdict.findings.length > 0) writeFileSync(join(at, 'evidence.json'), JSON.stringify(evidence));
    return verdict;
  } finally {
    await load.stop();
    await hub.stop();
    await partners.stop();
  }
}

async function entered(load: Load, events: number): Promise<void> {
  if (!(await until(() => load.entered >= events, NEVER_MS, 20))) throw new Error('intake takes nothing any more');
}
