/** Names and types of a message, values left out: `{ a: 'string', b: [{ c: 'string' }] }`. Rows of a list must agree. */
export function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const shapes = [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))];
    return shapes.map((shape) => JSON.parse(shape) as unknown);
  }
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, shapeOf(member)]));
}

/** Every leaf of a message with its path. */
export function* leavesOf(value: unknown, path = ''): Generator<[string, unknown]> {
  if (value === null || typeof value !== 'object') {
    yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* leavesOf(member, `${path}/${name}`);
}
