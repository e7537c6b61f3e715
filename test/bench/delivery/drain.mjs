import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMeter } from './cpu.mjs';
import { distinctOf, startPartners } from './partners.mjs';
import { EVENTS } from './workload.mjs';

const LOOK_MS = 100;
const NOTHING_FOR_MS = 60_000;
const REPEATS_MAY_COME_MS = 1_000;

/**
 * One measured run: `begin(partners)` prepares and starts what delivers, `during` is called at every look. Ends when each
 * receiver has everything, when `during` says 'done', or when nothing has moved for so long. CPU counts from the first to the
 * last acceptance; `expected` may become known only while it runs.
 */
export async function drain({
  cases,
  events = EVENTS,
  receivers = 4,
  prefix,
  begin,
  during = () => {},
  expected = () => ({}),
  nothingForMs = NOTHING_FOR_MS,
}) {
  const partners = await startPartners();
  let subject;
  try {
    const meter = await cpuMeter();
    subject = await begin(partners);
    const total = cases * events * receivers;
    let first;
    let cpu;
    let moved = performance.now();
    for (let before = 0; ;) {
      const progress = await partners.progress();
      const done = distinctOf(progress);
      const look = costOf(meter, subject);
      if (done > before) moved = performance.now();
      if (done > 0) first ??= { ...look, delivered: delivered(progress) };
      before = done;
      const said = await during({ partners, progress, done, share: done / total, subject });
      if (done >= total || said === 'done' || performance.now() - moved > nothingForMs) {
        cpu = first && costBetween(first, look, delivered(progress) - first.delivered);
        break;
      }
      await sleep(LOOK_MS);
    }
    await sleep(REPEATS_MAY_COME_MS);
    const verdict = await partners.report({ cases, events, prefix, ...expected() });
    return { rate: verdict.perSecond, cpuPer1000: cpu?.all ?? NaN, cpu, verdict };
  } finally {
    await subject?.end();
    partners.end();
  }
}

/** Other traffic is work, too. */
const delivered = ({ partners }) => partners.reduce((sum, { distinct, other }) => sum + distinct + other, 0);

/** CPU seconds so far, of the subject's processes and of each store. */
function costOf(meter, subject) {
  const { of, ...stores } = meter.read();
  return { ...stores, processes: subject.pids().reduce((sum, pid) => sum + of(pid), 0) };
}

/** CPU seconds per 1,000 deliveries, by whom. */
function costBetween(from, to, deliveries) {
  const parts = ['processes', 'postgres', 'redis', 'kafka'];
  const each = parts.map((part) => [part, ((to[part] - from[part]) / deliveries) * 1_000]);
  return { ...Object.fromEntries(each), all: each.reduce((sum, [, value]) => sum + value, 0) };
}

let runs = 0;
/** Short and unique in a session: letters and digits, part of a case code's unit. */
export const newPrefix = () => `B${(++runs).toString(36)}${(Date.now() % 46_656).toString(36)}`.toUpperCase();

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
