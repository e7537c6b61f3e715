import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { eventTypes, type EventType } from '../events.js';
import { fullPayloads } from './case.fixture.js';
import { payloadSchemas } from './case.schema.js';
import { validatePayload } from './validate.js';

const received = 'vn.lienthong.case.received.v1';
const changed = 'vn.lienthong.case.status-changed.v1';

type Tree = Record<string, unknown>;
/** What JSON schemas of objects and lists are made of, as far as these specs walk them. */
interface Node {
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  additionalProperties?: unknown;
}

const copyOf = (type: EventType): Tree => structuredClone(fullPayloads[type]);

/** Every object of the full payload that has a closed schema: its path, itself, and that schema. */
function objectsOf(schema: Node, value: unknown, path = ''): { path: string; value: Tree; schema: Node }[] {
  if (schema.items && Array.isArray(value)) return value.flatMap((v, n) => objectsOf(schema.items!, v, `${path}/${n}`));
  if (!schema.properties || value === undefined) return [];
  const here = { path, value: value as Tree, schema };
  const below = Object.entries(schema.properties).flatMap(([key, member]) =>
    objectsOf(member, here.value[key], `${path}/${key}`),
  );
  return [here, ...below];
}

/** The payload with one value put (or, undefined, taken out) at a JSON Pointer. */
function withAt(type: EventType, pointer: string, value: unknown): Tree {
  const payload = copyOf(type);
  const keys = pointer.split('/').slice(1);
  const last = keys.pop()!;
  const parent = keys.reduce<Tree>((at, key) => at[key] as Tree, payload);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return payload;
}

describe.each(eventTypes)('the payload of %s', (type) => {
  const objects = objectsOf(payloadSchemas[type] as Node, fullPayloads[type]);

  it('is valid in full, and its fixture holds every member that the schema knows', () => {
    expect(validatePayload(type, copyOf(type))).toEqual([]);
    for (const { value, schema } of objects.filter(({ path }) => !/\/1(\/|$)/.test(path)))
      if (!isAddress(schema)) expect(Object.keys(value).sort()).toEqual(Object.keys(schema.properties!).sort());
  });

  it('misses each required member by its path, and no optional one', () => {
    for (const { path, value, schema } of objects) {
      for (const key of Object.keys(value)) {
        const faults = validatePayload(type, withAt(type, `${path}/${key}`, undefined));
        expect(faults).toEqual(schema.required!.includes(key) ? [{ path: `${path}/${key}`, rule: 'required' }] : []);
      }
    }
  });

  it('is closed: a member that nobody reads is a fault in every object', () => {
    for (const { path } of objects)
      expect(validatePayload(type, withAt(type, `${path}/unread`, 1))).toEqual([
        { path: `${path}/unread`, rule: 'additionalProperties' },
      ]);
  });

  it('takes null, a number, text or a list nowhere in an object’s place', () => {
    for (const { path } of objects.filter((o) => o.path !== ''))
      for (const other of [null, 1, 'x', []])
        expect(validatePayload(type, withAt(type, path, other))).toEqual([{ path, rule: 'type:object' }]);
    for (const other of [null, 1, 'x', [], true])
      expect(validatePayload(type, other)).toEqual([{ path: '', rule: 'type:object' }]);
  });

  it('is published as JSON Schema that a stranger’s validator reads', () => {
    const published = JSON.parse(JSON.stringify(payloadSchemas[type])) as Record<string, unknown>;
    expect(published).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect(published.$id).toBe(`urn:lienthong:schema:${type.replace('vn.lienthong.', '')}`);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(published);
    expect(validate(copyOf(type))).toBe(true);
    expect(validate({})).toBe(false);
  });

  it('is answered with faults, never with an exception or a value of the data, whatever comes', () => {
    const secret = 'Nguyễn Văn Bí Mật';
    const leaves = objects.flatMap(({ path, value }) => Object.keys(value).map((key) => `${path}/${key}`));
    const wrong = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(secret, [secret], { a: secret }, -1, `2021-02-30 ${secret}`, secret.repeat(2_000)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...leaves), wrong, (pointer, value) => {
        const faults = validatePayload(type, withAt(type, pointer, value));
        expect(JSON.stringify(faults)).not.toContain('Bí Mật');
        for (const fault of faults) expect(fault.path === '' || fault.path.startsWith('/')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** Addresses are written as far as they are known: no fixture fills each. */
const isAddress = ({ properties, required }: Node): boolean =>
  required!.length === 0 && 'commune' in (properties ?? {});

describe('a value', () => {
  const rulesAt = (pointer: string, value: unknown, type: EventType = received): string[] => {
    const faults = validatePayload(type, withAt(type, pointer, value));
    for (const { path } of faults) expect(path).toBe(pointer);
    return faults.map(({ rule }) => rule);
  };

  it.each([
    ['/submittedAt', '2021-05-31T08:00:00', ['format:date-time']],
    ['/submittedAt', '2021-05-31 08:00:00+07:00', ['format:date-time']],
    ['/submittedAt', '2021-02-30T08:00:00+07:00', ['format:date-time']],
    ['/submittedAt', '2021-05-31T24:00:00+07:00', ['format:date-time']],
    ['/submittedAt', '2016-12-31T23:59:60Z', ['format:date-time']],
    ['/submittedAt', '2021-05-31T08:00:00+23:00', ['format:date-time']],
    ['/submittedAt', '0000-05-31T08:00:00Z', ['format:date-time']],
    ['/submittedAt', '2021-05-31T00:00:00.123456789Z', []],
    ['/declaration/born', '1990', []],
    ['/declaration/born', '1990-08', []],
    ['/declaration/born', '1992-02-29', []],
    ['/declaration/born', '1990-02-29', ['format:partial-date']],
    ['/declaration/born', '1990-13', ['format:partial-date']],
    ['/declaration/born', '1990-8-1', ['format:partial-date']],
    ['/declaration/born', '15/08/1990', ['format:partial-date']],
    ['/declaration/born', '0990', ['format:partial-date']],
    ['/declaration/residences/0/from', '2004-06-01', ['format:year-month']],
    ['/declaration/residences/0/from', '2004-00', ['format:year-month']],
    ['/declaration/mandate/signedOn', '2021-04-31', ['format:date']],
    ['/declaration/mandate/signedOn', '2021', ['format:date']],
    ['/declaration/mandate/signedOn', '2000-02-29', []],
    ['/declaration/mandate/signedOn', '1900-02-29', ['format:date']],
    ['/applicant/email', 'không phải thư', ['format:email']],
    ['/applicant/name', '', ['pattern:\\S']],
    ['/applicant/name', ' \u00a0', ['pattern:\\S']],
    ['/applicant/kind', 'household', ['enum:citizen|business|state-body|other']],
    ['/summary', 'ă'.repeat(1_000), []],
    ['/summary', '𠀀'.repeat(1_000), []],
    ['/summary', 'ă'.repeat(1_001), ['maxLength:1000']],
    ['/fees/0/amount', 0, []],
    ['/fees/0/amount', -1, ['minimum:0']],
    ['/fees/0/amount', 0.5, ['type:integer']],
    ['/fees/0/amount', '200000', ['type:integer']],
    ['/documents/0/sha256', 'B1'.repeat(32), ['pattern:^[0-9a-f]{64}$']],
    ['/documents/0/sha256', 'b1'.repeat(31), ['pattern:^[0-9a-f]{64}$']],
    ['/documents/0/mediaType', 'PDF', ['pattern:^[a-z0-9.+-]+/[a-z0-9.+-]+$']],
    ['/status', 0, ['enum:1|2|3|4|5|6|7|8|9|10']],
    ['/status', '2', ['type:integer', 'enum:1|2|3|4|5|6|7|8|9|10']],
    ['/declaration/recordNumber', 3, ['enum:1|2']],
    ['/declaration/copies', 0, ['minimum:1']],
  ])('%s of %j breaks %j', (pointer, value, rules) => {
    expect(rulesAt(pointer, value)).toEqual(rules);
  });

  it('of a partner’s own record may be nested three levels, and no deeper', () => {
    const issued = 'vn.lienthong.case.result-issued.v1';
    const record = '/judicialRecord/convictions/0';
    expect(rulesAt(record, { a: [{ b: 1 }], c: { d: null } }, issued)).toEqual([]);
    const deeper = validatePayload(issued, withAt(issued, record, { a: [{ b: [1] }] }));
    expect(deeper).toEqual([{ path: `${record}/a/0/b`, rule: 'type:string|number|boolean|null' }]);
  });

  it('of results and withdrawals has the one status that they mean', () => {
    expect(rulesAt('/status', 10, 'vn.lienthong.case.result-issued.v1')).toEqual(['enum:9']);
    expect(rulesAt('/status', 9, 'vn.lienthong.case.withdrawn.v1')).toEqual(['enum:7']);
  });
});

describe('times of one payload', () => {
  it.each([
    [received, '/receivedAt', '2021-05-31T07:59:59+07:00', '/submittedAt'],
    [received, '/receivedAt', '2021-05-31T00:59:59Z', '/submittedAt'],
    [received, '/receivedAt', '2021-05-31T08:30:00+08:00', '/submittedAt'],
    [received, '/dueAt', '2021-05-31T08:14:59.999+07:00', '/receivedAt'],
    [received, '/supplement/receivedAt', '2021-06-01T08:59:00+07:00', '/supplement/requestedAt'],
    [received, '/declaration/residences/1/to', '2008-05', '/declaration/residences/1/from'],
    [received, '/declaration/residences/1/to', '2007', '/declaration/residences/1/from'],
    [changed, '/finishedAt', '2021-05-31T08:19:59+07:00', '/startedAt'],
  ] as const)('%s: %s of %s is before %s', (type, pointer, value, earlier) => {
    expect(validatePayload(type, withAt(type, pointer, value))).toEqual([
      { path: pointer, rule: `notBefore:${earlier}` },
    ]);
  });

  it.each([
    [received, '/receivedAt', '2021-05-31T01:00:00Z'],
    [received, '/receivedAt', '2021-05-31T07:30:00+06:00'],
    [received, '/receivedAt', '2021-05-31T01:00:00.5Z'],
    [received, '/dueAt', '2021-05-31T08:15:00+07:00'],
    [received, '/declaration/residences/1/to', '2008'],
    [received, '/declaration/residences/1/to', '2008-06'],
    [changed, '/finishedAt', '2021-05-31T08:20:00+07:00'],
  ] as const)('%s: %s of %s is in order', (type, pointer, value) => {
    expect(validatePayload(type, withAt(type, pointer, value))).toEqual([]);
  });
});

describe('a hostile body', () => {
  it('is told all its faults up to 50, and where it is huge, the first', () => {
    const bad = copyOf(received);
    bad.fees = Array.from({ length: 90 }, () => ({}));
    expect(validatePayload(received, bad)).toHaveLength(50);
    bad.fees = Array.from({ length: 200_000 }, () => ({}));
    expect(validatePayload(received, bad)).toEqual([{ path: '/fees', rule: 'maxItems:100' }]);
  });

  it('can be nested without end, or name members after what objects inherit', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 200_000; n++) deep = [deep];
    expect(validatePayload(received, { ...copyOf(received), deep })).toEqual([
      { path: '/deep', rule: 'additionalProperties' },
    ]);
    const named = JSON.parse(
      JSON.stringify(copyOf(received)).replace('{', '{"__proto__":{"code":1},"constructor":1,'),
    ) as unknown;
    expect(validatePayload(received, named).map(({ path }) => path)).toEqual(['/__proto__', '/constructor']);
  });

  it('has long made-up names cut short', () => {
    const [fault] = validatePayload(received, { ...copyOf(received), ['x/~'.repeat(1_000)]: 1 });
    expect(fault!.rule).toBe('additionalProperties');
    expect(fault!.path.length).toBeLessThanOrEqual(150);
  });
});
