import { groups } from './every-system.js';
import type { Kind, Row, System } from './system.js';
import type { World } from './world.js';

export interface Asked {
  /** How many cases each row has. */
  cases: number;
  only?: readonly string[];
  /** How long something that is missing is waited for. */
  patienceMs?: number;
  say?: (line: string) => void;
  kinds?: readonly Kind[];
  /** Done to the partners before a step: a test's way to falsify a book. */
  before?: (world: World, step: Pick<Row, 'system' | 'kind' | 'direction'>) => Promise<void>;
}

const PATIENCE_MS = 45_000;

/** Every system that is asked for, one step after the other: what a step's faults do meets no other step. */
export async function runSystems(asked: Asked): Promise<Row[]> {
  const rows: Row[] = [];
  for (const group of groups) {
    const systems = group.systems.filter(({ id }) => asked.only?.includes(id) ?? true);
    if (systems.length === 0) continue;
    asked.say?.(`${group.name}: ${systems.map(({ id }) => id).join(', ')}`);
    const world = await group.start(asked.patienceMs ?? PATIENCE_MS);
    try {
      for (const system of systems) rows.push(...(await runOne(system, world, asked)));
    } finally {
      await world.stop();
    }
  }
  return rows;
}

async function runOne(system: System<never>, world: World, asked: Asked): Promise<Row[]> {
  const { cases, say } = asked;
  const rows: Row[] = [];
  for (const { kind, direction, run } of system.steps) {
    if (asked.kinds?.includes(kind) === false) continue;
    await asked.before?.(world, { system: system.id, kind, direction });
    const began = performance.now();
    const counted = await run(world as never, cases).catch((error: Error) => {
      say?.(`  ${system.id}, ${kind}: ${error.message}`);
      return { sent: cases, delivered: 0, discrepancies: cases };
    });
    const milliseconds = Math.round(performance.now() - began);
    rows.push({ system: system.id, kind, direction, ...counted, milliseconds });
    say?.(`${isRight(counted) ? '✓' : '✗'} ${system.id} ${kind} ${direction} ${milliseconds} ms`);
    await world.calm();
  }
  return rows;
}

export const isRight = ({
  sent,
  delivered,
  discrepancies,
}: Pick<Row, 'sent' | 'delivered' | 'discrepancies'>): boolean => sent > 0 && delivered === sent && discrepancies === 0;
