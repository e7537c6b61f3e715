import { enter, enterFacts, type Database, type EntryItem, type Fact } from '#ledger';

const AT_ONCE = 500;
const UNDER_WAY = 3;

/** Enters everything by the ledger's own entry, some batches side by side; what isn't accepted ends the run. How many events. */
export async function enterCases(
  db: Database,
  cases: Iterable<readonly EntryItem[]>,
  tell: (entered: number) => void,
): Promise<number> {
  return inBatches(cases, tell, async (items) => (await enter(db, items, () => true)).map(({ outcome }) => outcome));
}

export async function enterAllFacts(
  db: Database,
  streams: Iterable<readonly Fact[]>,
  tell: (entered: number) => void,
): Promise<number> {
  return inBatches(streams, tell, async (facts) => (await enterFacts(db, facts)).map(({ outcome }) => outcome));
}

/** The items of one stream stay in one batch, so no two batches wait for each other. */
async function inBatches<T>(
  streams: Iterable<readonly T[]>,
  tell: (entered: number) => void,
  put: (items: T[]) => Promise<string[]>,
): Promise<number> {
  let entered = 0;
  const underWay = new Set<Promise<void>>();
  const begin = (items: T[]): void => {
    const one = put(items).then((outcomes) => {
      const wrong = outcomes.find((outcome) => outcome !== 'accepted' && outcome !== 'repeated');
      if (wrong !== undefined) throw new Error(`an event was not taken: ${wrong}`);
      entered += items.length;
      tell(entered);
    });
    underWay.add(one);
    void one.finally(() => underWay.delete(one)).catch(() => {});
  };
  let batch: T[] = [];
  for (const stream of streams) {
    batch.push(...stream);
    if (batch.length < AT_ONCE) continue;
    begin(batch);
    batch = [];
    if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
  }
  if (batch.length > 0) begin(batch);
  await Promise.all(underWay);
  return entered;
}
