import type { Form } from '#domain';
import { enter } from '../enter.js';
import type { Entry, EntryItem } from '../entry.js';
import { carryOn, takeOperations } from '../operations/carry-on.js';
import { mergeStreams, orderMerge, type MergeStep } from '../operations/merge.js';
import type { Operation } from '../operations/operation.js';
import { TYPES, type LaneWorld } from './lane-world.js';

let reports = 0;

export const codeOf = async ({ db }: LaneWorld, stream: string): Promise<string> =>
  (
    await db.pool.query<{ code: string }>(`select code from aliases where coalesce(moved_from, stream_id) = $1`, [
      stream,
    ])
  ).rows[0]!.code;

export const reportOf = (code: string, form: Form, more: Partial<EntryItem> = {}): EntryItem => ({
  sender: 'm',
  key: `report ${++reports}`,
  type: TYPES[form],
  caseCode: code,
  data: { n: reports },
  ...more,
});

/** By the code of this stream, wherever it leads. */
export async function reported(world: LaneWorld, stream: string, ...forms: Form[]): Promise<Entry[]> {
  const code = await codeOf(world, stream);
  const items = forms.map((form) => reportOf(code, form));
  return enter(world.db, items, () => true);
}

export async function ordered(world: LaneWorld, loser: string, into: string): Promise<Operation> {
  const order = {
    loser: await codeOf(world, loser),
    into: await codeOf(world, into),
    author: 'lan',
    reason: 'nhập hai lần',
  };
  const answer = await orderMerge(world.db, order);
  if (answer.outcome !== 'ordered') throw new Error(answer.outcome);
  return answer.operation;
}

/** The first step, as the delivery process does it, but for the plan. */
export async function stepped(
  world: LaneWorld,
  operation: Operation,
  worker = world.worker,
): Promise<{ step: MergeStep; after: Operation }> {
  await takeOperations(world.db, worker);
  let step: MergeStep | undefined;
  const after = await carryOn(world.db, worker, operation.id, async (client, locked) => {
    const did = await mergeStreams(client, locked);
    step = did.step;
    return did.batch;
  });
  if (!after || !step) throw new Error('the operation was not this worker’s');
  return { step, after };
}

/** Of streams that are planned. */
export async function merged(world: LaneWorld, loser: string, into: string, worker?: string): Promise<Operation> {
  const { step, after } = await stepped(world, await ordered(world, loser, into), worker);
  if (step.outcome !== 'merged') throw new Error(step.outcome);
  return after;
}
