import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { protect, type Sum, type Told } from './protect.js';
import { suppress } from './suppress.js';

const cell = (id: string, weight: number, hidden = false): Told => ({ id, tells: [id], weight, hidden });

describe('figures that are published together', () => {
  const resolved = [cell('early', 90), cell('on-time', 7), cell('overdue', 0), cell('resolved', 97)];
  const sums: Sum[] = [
    { whole: 'received', parts: ['resolved', 'open'] },
    { whole: 'resolved', parts: ['early', 'on-time', 'overdue'] },
  ];

  it('hide with a small one what would give it away: received less resolved is open', () => {
    const told = [cell('received', 100), ...resolved, cell('open', 3, true)];
    // What is resolved follows from its own parts: it is the sum of all that may not be shown.
    expect([...protect(told, sums, ['open'])].sort()).toEqual(['open', 'received']);
    const alone = told.filter(({ id }) => !['early', 'on-time', 'overdue'].includes(id));
    expect([...protect(alone, sums, ['open'])].sort()).toEqual(['open', 'resolved']);
  });

  it('hide nothing more where nobody says the total, or nothing is secret', () => {
    expect([...protect([...resolved, cell('open', 3, true)], sums, ['open'])]).toEqual(['open']);
    expect([...protect([cell('received', 187), ...resolved, cell('open', 90)], sums, [])]).toEqual([]);
    // A definition that hides nothing has decided so.
    expect([...protect([cell('received', 100), ...resolved, cell('open', 3)], sums, ['open'])]).toEqual([]);
  });

  it('leave no small cell of a table to its row, its column and their totals', () => {
    const count = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 90 }));
    const table = fc.array(fc.array(count, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(table, (rows) => {
        const { told, sums: all, secrets } = published(rows);
        const hidden = protect(told, all, secrets);
        for (const { id, hidden: before } of told) if (before) expect(hidden.has(id)).toBe(true);
        for (const { id, weight } of told) if (weight === 0) expect(hidden.has(id)).toBe(false);
        const unknown = told.map(({ id }) => id).filter((id) => hidden.has(id));
        for (const secret of secrets) expect([secret, mayBeAnother(secret, unknown, all)]).toEqual([secret, true]);
      }),
      { numRuns: 300 },
    );
  });
});

/** Cells, totals of rows and of columns, and the whole: each row and column hidden as a table of its own first. */
function published(rows: readonly (readonly number[])[]): { told: Told[]; sums: Sum[]; secrets: string[] } {
  const [down, across] = [rows.length, rows[0]!.length];
  const name = (i: number, j: number): string => `${i === down ? '*' : i}${j === across ? '*' : j}`;
  const add = (some: readonly number[]): number => some.reduce((all, each) => all + each, 0);
  const table = [...rows.map((row) => [...row, add(row)])];
  table.push(Array.from({ length: across + 1 }, (_, j) => add(table.map((row) => row[j]!))));
  const hidden = new Set<string>();
  const hide = (names: string[], counts: number[]): void => {
    const { cells, total } = suppress(counts.slice(0, -1));
    [...cells, total].forEach((is, at) => is && hidden.add(names[at]!));
  };
  const places = Array.from({ length: down + 1 }, (_, i) => Array.from({ length: across + 1 }, (__, j) => name(i, j)));
  places.forEach((names, i) => hide(names, table[i]!));
  for (let j = 0; j <= across; j++) hide(places.map((names) => names[j]!), table.map((row) => row[j]!)); // prettier-ignore
  const told = places.flatMap((names, i) =>
    names.map((id, j) => ({ ...cell(id, table[i]![j]!), hidden: hidden.has(id) })),
  );
  const sums = [
    ...places.map((names) => ({ whole: names.at(-1)!, parts: names.slice(0, -1) })),
    ...places[0]!.map((_, j) => ({ whole: places[down]![j]!, parts: places.slice(0, -1).map((names) => names[j]!) })),
  ];
  const secrets = told.filter(({ weight }) => weight > 0 && weight < 5).map(({ id }) => id);
  return { told, sums, secrets };
}

/** Whether all hidden ones can change by −1, 0 or 1 so that every sum still holds, this one among those that do. */
function mayBeAnother(secret: string, unknown: readonly string[], sums: readonly Sum[]): boolean {
  const order = [secret, ...unknown.filter((name) => name !== secret)];
  const change = new Map<string, number>();
  const holds = (): boolean =>
    sums.every(({ whole, parts }) => {
      const names = [whole, ...parts].filter((name) => unknown.includes(name));
      if (names.some((name) => !change.has(name))) return true;
      return parts.reduce((all, part) => all + (change.get(part) ?? 0), 0) === (change.get(whole) ?? 0);
    });
  const go = (at: number): boolean => {
    if (at === order.length) return true;
    for (const by of at === 0 ? [1] : [0, 1, -1]) {
      change.set(order[at]!, by);
      if (holds() && go(at + 1)) return true;
    }
    change.delete(order[at]!);
    return false;
  };
  return go(0);
}
