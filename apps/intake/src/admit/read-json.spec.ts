import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEEPEST, readJson } from './read-json.js';

const faultOf = (text: string | Buffer): object | undefined => {
  const read = readJson(Buffer.from(text as string));
  return read.kind === 'refused' ? { code: read.refusal.code, ...read.refusal.faults![0] } : undefined;
};

describe('reading a body', () => {
  it('gives what JSON.parse gives, for every value whose members are named once', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space);
        fc.pre(!text.includes('__proto__'));
        expect(readJson(Buffer.from(text))).toEqual({ kind: 'json', value: JSON.parse(text) });
      }),
    );
  });

  it('refuses whatever JSON.parse refuses, and says where', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('{', '"', ',', 'x', ']', '\\', '\u0001'),
        (value, at, wrong) => {
          const text = JSON.stringify(value);
          const broken = text.slice(0, at % (text.length + 1)) + wrong + text.slice(at % (text.length + 1));
          let isJson = true;
          try {
            JSON.parse(broken);
          } catch {
            isJson = false;
          }
          fc.pre(!isJson);
          expect(faultOf(broken)).toMatchObject({
            code: 'malformed-json',
            path: '/',
            detail: expect.stringMatching(/^position \d+$/),
          });
        },
      ),
    );
  });

  it.each([
    ['{"a":1,"a":2}', { code: 'malformed-json', path: '/a', rule: 'unique-members', detail: 'position 7' }],
    ['{"a":[{},{"b/c":1,"\\u0062/c":2}]}', { path: '/a/1/b~1c', rule: 'unique-members' }],
    ['{"a":1,}', { path: '/', rule: 'json', detail: 'position 7' }],
    ['{"a": tru}', { path: '/', rule: 'json', detail: 'position 6' }],
    ['{"a":1', { path: '/', rule: 'json', detail: 'position 6' }],
    [`{"a":"${'x'.repeat(100_000)}`, { path: '/', rule: 'json' }],
    [`"${'x\\"'.repeat(50_000)}`, { path: '/', rule: 'json' }],
    [' \n', { path: '/', rule: 'not-empty' }],
    ['{"__proto__":{"status":9}}', { path: '/', rule: 'no-__proto__' }],
    ['{"\\u005f_proto__":1}', { path: '/', rule: 'no-__proto__' }],
    ['['.repeat(DEEPEST + 1) + ']'.repeat(DEEPEST + 1), { path: '/', rule: `maxDepth:${DEEPEST}` }],
    ['['.repeat(200_000), { path: '/', rule: `maxDepth:${DEEPEST}` }],
  ])('refuses %.40s', (text, fault) => {
    expect(faultOf(text)).toMatchObject(fault);
  });

  it('refuses bytes that are not UTF-8 and passes over a byte order mark', () => {
    expect(faultOf(Buffer.from([0x22, 0xc3, 0x22]))).toEqual({ code: 'invalid-utf8', path: '/', rule: 'utf-8' });
    expect(faultOf(Buffer.from('"Hồ sơ"', 'utf16le'))).toMatchObject({
      code: expect.stringMatching(/invalid-utf8|malformed-json/),
    });
    expect(readJson(Buffer.from('\ufeff{"a":"ạ"}'))).toEqual({ kind: 'json', value: { a: 'ạ' } });
  });

  it('isn’t misled by colons and braces inside strings', () => {
    expect(readJson(Buffer.from('{"a:{":":[[\\":{","b":"\\\\"}'))).toEqual({
      kind: 'json',
      value: { 'a:{': ':[[":{', b: '\\' },
    });
  });

  it('never repeats a word of the body', () => {
    for (const text of ['{"name":"Nguyễn Thị Bí Mật" "x"}', '"Nguyễn Thị Bí Mật', '{"a":"Nguyễn Thị Bí Mật","a":1}'])
      expect(JSON.stringify(faultOf(text))).not.toMatch(/Nguy|Mật/);
  });
});
