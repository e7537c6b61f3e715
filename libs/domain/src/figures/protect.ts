/** What is published of one cell: the quantities that it tells, by name; `weight`: how many stand behind it. */
export interface Told {
  id: string;
  tells: readonly string[];
  weight: number;
  hidden: boolean;
}

/** whole = the sum of its parts; none of them need be told by anything. */
export interface Sum {
  whole: string;
  parts: readonly string[];
}

/**
 * Secondary suppression over figures that are published together: which cells may not be shown, so that no secret follows from
 * the sums that hold between the shown ones (a row's, a column's, one figure's in another). Until none does, the smallest cell that
 * stands in a sum with it is hidden, too. A cell of nothing gives nothing away and stays. What a definition shows openly is no
 * secret.
 */
export function protect(told: readonly Told[], sums: readonly Sum[], secrets: Iterable<string>): Set<string> {
  const hidden = new Set(told.filter((one) => one.hidden).map(({ id }) => id));
  const known = (): Set<string> => new Set(told.flatMap(({ id, tells }) => (hidden.has(id) ? [] : tells)));
  const open = known();
  const kept = [...new Set(secrets)].filter((name) => !open.has(name));
  const givenAway = (): string | undefined => {
    const solved = determined(sums, known());
    return kept.find((name) => solved.has(name));
  };
  const added: Told[] = [];
  for (let secret = givenAway(); secret !== undefined; secret = givenAway()) {
    const next = toHide(secret, told, sums, hidden);
    if (!next) break;
    hidden.add(next.id);
    added.push(next);
  }
  // What was hidden first may not be needed any more.
  for (const { id } of added) {
    hidden.delete(id);
    if (givenAway() !== undefined) hidden.add(id);
  }
  return hidden;
}

/** The smallest that shares a sum with it, else a sum with what does, and so on. */
function toHide(
  secret: string,
  told: readonly Told[],
  sums: readonly Sum[],
  hidden: ReadonlySet<string>,
): Told | undefined {
  const near = new Set([secret]);
  for (;;) {
    const some = told.filter(
      (one) => one.weight > 0 && !hidden.has(one.id) && one.tells.some((name) => near.has(name) && name !== secret),
    );
    if (some.length > 0) return some.reduce((least, one) => (one.weight < least.weight ? one : least));
    const before = near.size;
    for (const { whole, parts } of sums.filter((sum) => namesOf(sum).some((name) => near.has(name))))
      for (const name of [whole, ...parts]) near.add(name);
    if (near.size === before) return undefined;
  }
}

const namesOf = ({ whole, parts }: Sum): string[] => [whole, ...parts];

type Row = Map<string, number>;

/** Names that the sums and what is known give: each alone in a row of the reduced system. */
function determined(sums: readonly Sum[], known: ReadonlySet<string>): Set<string> {
  /** By the name that each is solved for, which stands in no other. */
  const solved = new Map<string, Row>();
  for (const { whole, parts } of sums) {
    const row: Row = new Map();
    for (const [name, factor] of [[whole, 1] as const, ...parts.map((part) => [part, -1] as const)])
      if (!known.has(name)) put(row, name, factor);
    for (const name of [...row.keys()]) {
      const by = solved.get(name);
      if (by) subtract(row, by, row.get(name)!);
    }
    const [pivot] = row;
    if (pivot === undefined) continue;
    const [name, factor] = pivot;
    for (const [other, value] of row) row.set(other, value / factor);
    for (const each of solved.values()) if (each.has(name)) subtract(each, row, each.get(name)!);
    solved.set(name, row);
  }
  return new Set([...solved].flatMap(([name, row]) => (row.size === 1 ? [name] : [])));
}

function subtract(from: Row, row: Row, times: number): void {
  for (const [name, factor] of row) put(from, name, -factor * times);
}

/** Factors are small whole numbers and what dividing them makes: what is nearly nothing is nothing. */
function put(row: Row, name: string, factor: number): void {
  const sum = (row.get(name) ?? 0) + factor;
  if (Math.abs(sum) < 1e-9) row.delete(name);
  else row.set(name, sum);
}
