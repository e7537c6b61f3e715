import { isDeepStrictEqual } from 'node:util';
import type { Step } from './chronicle.js';
import type { Answer, Call, Snapshot } from './lane-store.js';
import { snapshotOf, type MemoryState } from './memory-state.js';
import { MemoryStore } from './memory-store.js';
import type { PostgresStore } from './postgres-store.js';
import { seeded, type Random } from './random.js';
import type { Rules } from './rules.js';
import { World } from './world.js';

export interface Replay {
  calls: number;
  /** Calls that ran beside others, their statements interleaved as PostgreSQL pleased. */
  together: number;
  /** Undefined: both stores went the same way. */
  difference: string | undefined;
}

const MOST_TOGETHER = 8;
/** Of the calls that change nothing, so many are repeated: one in thirty. */
const IDLE = 0.03;

/**
 * One world's calls on PostgreSQL, beside the store in memory: after each, answers and rows must be the same. Calls whose
 * order makes no difference in memory run at once, on connections of their own.
 */
export async function replay(postgres: PostgresStore, seed: number, rules?: Rules): Promise<Replay> {
  const world = new World(seed, { hand: 'retry', keeps: true });
  const all = world.run().steps;
  const memory = new MemoryStore(world.is.terms, rules);
  const random = seeded(seed + 1_000_000);
  const steps = withoutIdle(all, new MemoryStore(world.is.terms, rules), random);
  await postgres.begin(world.is.terms);
  const done: Replay = { calls: 0, together: 0, difference: undefined };
  for (let i = 0; i < steps.length;) {
    const group = commuting(memory, steps.slice(i, i + random.whole(1, MOST_TOGETHER)));
    i += group.length;
    const now = group.at(-1)!.at;
    const expected = run(memory, now, group);
    const after = snapshotOf(memory.state);
    await postgres.setClock(now);
    const answers = await Promise.all(group.map(({ call }) => postgres.apply(call)));
    done.calls += group.length;
    if (group.length > 1) done.together += group.length;
    done.difference = differenceOf(group, expected, answers, after, await postgres.snapshot());
    if (done.difference) return { ...done, difference: `seed ${seed} at ${now}: ${done.difference}` };
  }
  return done;
}

/** Of the calls that change nothing, only a few: a process looks again and again. */
function withoutIdle(steps: readonly Step[], memory: MemoryStore, random: Random): Step[] {
  return steps.filter(({ at, call }) => {
    memory.state.now = at;
    const before = structuredClone(memory.state);
    memory.apply(call);
    return !isDeepStrictEqual(before, memory.state) || random.chance(IDLE);
  });
}

/** As many of these as may run in any order of two neighbours, at one moment, with the same answers and the same rows. */
function commuting(memory: MemoryStore, steps: readonly Step[]): Step[] {
  for (let n = steps.length; n > 1; n--) {
    const group = steps.slice(0, n);
    if (new Set(group.map(({ call }) => ('worker' in call ? call.worker : call.do))).size < n) continue;
    const now = group.at(-1)!.at;
    const [forth, back] = [group, group.toReversed()].map((order) => {
      const other = new MemoryStore(memory.terms, memory.rules);
      other.state = structuredClone(memory.state);
      const answers = new Map(run(other, now, order).map((answer, k) => [order[k], answer]));
      return { answers: group.map((step) => answers.get(step)), stand: everything(other.state) };
    });
    if (isDeepStrictEqual(forth, back) && !isSkipped(group, forth!.answers)) return group;
  }
  return steps.slice(0, 1);
}

/** Two claims that each find something: at once, the later passes over what the other has locked, which no order of them shows. */
const isSkipped = (group: readonly Step[], answers: readonly (Answer | undefined)[]): boolean =>
  group.filter(({ call }, k) => call.do === 'claim' && (answers[k] as { looked: number }).looked > 0).length > 1;

/** Maps compare in any order, but a stream's place decides when it is planned. */
const everything = (state: MemoryState): unknown => [state, [...state.events.keys()]];

function run(memory: MemoryStore, now: number, group: readonly Step[]): Answer[] {
  memory.state.now = now;
  return group.map(({ call }) => structuredClone(memory.apply(call)));
}

function differenceOf(
  group: readonly Step[],
  expected: Answer[],
  found: Answer[],
  memory: Snapshot,
  postgres: Snapshot,
): string | undefined {
  const said = (of: unknown): string => JSON.stringify(of);
  for (const [k, { call }] of group.entries())
    if (!isDeepStrictEqual(comparable(call, expected[k]!), comparable(call, found[k]!)))
      return `${said(call)} among ${said(group.map((step) => step.call))}\n  memory answers     ${said(expected[k])}\n  PostgreSQL answers ${said(found[k])}`;
  for (const part of ['workers', 'lanes', 'deliveries', 'breaker'] as const)
    if (!isDeepStrictEqual(memory[part], postgres[part]))
      return `${said(group.map(({ call }) => call))}\n  memory     ${said(memory[part])}\n  PostgreSQL ${said(postgres[part])}`;
  return undefined;
}

const comparable = (call: Call, answer: Answer): unknown =>
  call.do === 'sweep' ? (answer as unknown[]).length : JSON.parse(JSON.stringify(answer));
