/** Types that whoever is only asked for our keys can't show, and what shows instead. */
const asOursOnly = { 'other-code': ['missing-there'], 'two-under-one': ['missing-there', 'missing-there'] };

/**
 * What a comparison should have found, as `type key`. `coverage`: whether the source shows what only the partner has;
 * `days`: of receipt, both included, where not all were compared.
 */
export function expectedOf(planted, { coverage, days }) {
  const within = planted.filter(({ receivedOn }) => !days || (receivedOn >= days.from && receivedOn <= days.to));
  const expected = new Map();
  for (const one of within) {
    if (coverage === 'ours only' && one.type === 'missing-here') continue;
    const instead = coverage === 'ours only' ? asOursOnly[one.type] : undefined;
    if (instead) for (const [n, type] of instead.entries()) expected.set(one.keys[n], { as: type, planted: one.type });
    else expected.set(keyOf(one), { as: one.type, planted: one.type });
  }
  return expected;
}

/** Under which key the hub tells of it: ours, and theirs where that stands for none or several of ours. */
const keyOf = ({ type, keys, there }) => (type === 'missing-here' || type === 'two-under-one' ? there : keys[0]);

/** By type: planted, found, mistyped (another type under that key), not found; and what nobody planted. */
export function judge(expected, found) {
  const byType = {};
  const row = (type) => (byType[type] ??= { planted: 0, found: 0, mistyped: 0, missed: 0, invented: 0 });
  const seen = new Map();
  for (const { type, key } of found) seen.set(key, [...(seen.get(key) ?? []), type]);
  for (const [key, { as, planted }] of expected) {
    const types = seen.get(key) ?? [];
    const counts = row(planted);
    counts.planted += 1;
    if (types.includes(as)) counts.found += 1;
    else if (types.length > 0) counts.mistyped += 1;
    else counts.missed += 1;
  }
  for (const { type, key } of found) {
    const wanted = expected.get(key);
    if (!wanted || seen.get(key).length > 1) row(type).invented += wanted?.as === type ? 0 : 1;
  }
  return byType;
}

export const sumOf = (byType) =>
  Object.values(byType).reduce(
    (all, one) => Object.fromEntries(Object.entries(all).map(([name, n]) => [name, n + one[name]])),
    { planted: 0, found: 0, mistyped: 0, missed: 0, invented: 0 },
  );
