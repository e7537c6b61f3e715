import { figure } from '../fresh.mjs';
import { median } from './drain.mjs';
import { runHub, runHubMapped, runHubWithEntry, runPeer } from './subjects.mjs';

const subjects = {
  hub: runHub,
  'hub-mapped': runHubMapped,
  'hub-entry': runHubWithEntry,
  'raw-ledger': (given) => runPeer('raw-ledger', given),
  'nest-bullmq': (given) => runPeer('nest-bullmq', given),
};

export const names = Object.keys(subjects);

/** Interleaved rounds A B C, A B C, …; the middle run of each. The order in which peers deliver isn't asked here. */
export async function run({ cases, rounds, wanted, note }) {
  const chosen = names.filter(wanted);
  const runs = Object.fromEntries(chosen.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const name of chosen) {
      const result = await subjects[name]({ cases });
      runs[name].push(result);
      note(name, result);
    }
  const of = (what) => Object.fromEntries(chosen.map((name) => [name, median(runs[name].map((r) => r[what]))]));
  const [rate, cpu] = [of('rate'), of('cpuPer1000')];
  const beside = (all) => Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('hub')));
  const besideHub = (all) => ({ ...('hub' in all ? { 'pass-through': all.hub } : {}), ...beside(all) });
  const figures = [];
  if (runs.hub) {
    const quickEnough = rate.hub >= 0.8 * (rate['raw-ledger'] ?? 0) && rate.hub >= 3 * (rate['nest-bullmq'] ?? 0);
    const goal = '≥ 0.8 × raw-ledger, ≥ 3 × nest-bullmq';
    figures.push(
      figure('durable deliveries, one item a request', rate.hub, 'deliveries/s', beside(rate), goal, quickEnough),
    );
    figures.push(cost('CPU per 1,000 deliveries', cpu.hub, beside(cpu)));
    figures.push(whole('one item a request', runs.hub));
  }
  if (runs['hub-mapped']) {
    figures.push(figure('the same, mapped', rate['hub-mapped'], 'deliveries/s', besideHub(rate), '–', true));
    figures.push(cost('CPU per 1,000 deliveries, mapped', cpu['hub-mapped'], besideHub(cpu), '–'));
    figures.push(whole('mapped', runs['hub-mapped']));
  }
  if (runs['hub-entry']) {
    figures.push(figure('the same, entry included', rate['hub-entry'], 'deliveries/s', beside(rate), '–', true));
    figures.push(cost('CPU per 1,000 deliveries, entry included', cpu['hub-entry'], beside(cpu), '–'));
    figures.push(whole('entry included', runs['hub-entry']));
  }
  return { figures, rate };
}

const cost = (name, value, references, goal = '≤ 2 × raw-ledger') =>
  figure(name, value * 1_000, 'ms', scaled(references), goal, goal === '–' || !(value > 2 * references['raw-ledger']));
const scaled = (seconds) => Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value * 1_000]));

/** Lost, doubled, out of order: counted in every run, whatever the machine's mood. */
export function whole(what, runs) {
  const wrong = runs.reduce((n, { verdict: v }) => n + v.lost + v.doubled + v.outOfOrder + v.unexpected, 0);
  return figure(`lost, doubled, out of order: ${what}`, wrong, 'deliveries', {}, '0', wrong === 0);
}
