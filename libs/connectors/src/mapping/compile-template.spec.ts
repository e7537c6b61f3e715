import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ContractVersion, EventType, Template } from '#wire';
import { holdingPdf, outgoing, pdf, recordCase } from '../case.fixture.js';
import { codeTables } from './code-tables.js';
import { compileTemplate } from './compile-template.js';
import { settled, type Scope } from './scope.js';
import { Disclosure } from './disclosure.js';

const roots = ['code', 'status', 'event', 'data', 'application', 'answer'];
const tables: ContractVersion['codeTables'] = {
  kind: [
    { validFrom: '2018-01-01', codes: { citizen: 1, business: 2 } },
    { validFrom: '2026-01-01', codes: { citizen: 0, business: 1 }, unmapped: 9 },
  ],
};
const everything = ['applicant', 'declaration', 'returnAddress', 'documents', 'judicialRecord'];

interface Given {
  data?: unknown;
  answer?: unknown;
  day?: string;
  discloses?: string[];
  types?: EventType[];
}

async function made(template: Template, given: Given = {}): Promise<{ value: unknown; faults: string[] }> {
  const { data = recordCase, answer, day = '2024-11-12', discloses = everything, types = [] } = given;
  const disclosure = new Disclosure(discloses);
  const compiler = { roots, tables: codeTables(tables ?? {}), disclosure, types, at: 'item', hasFiles: true as const };
  const { caseCode, status } = outgoing('received', recordCase);
  const root = { code: caseCode, status, data, application: data, answer };
  const scope: Scope = {
    root,
    here: undefined,
    day,
    faults: [],
    later: [],
    readFile: holdingPdf,
    view: () => ({ code: caseCode, data: disclosure.view(data), application: disclosure.view(data) }),
  };
  const value = await settled(compileTemplate(template, compiler), scope);
  return { value, faults: scope.faults };
}
const value = async (template: Template, given?: Given): Promise<unknown> => {
  const { value: found, faults } = await made(template, given);
  expect(faults).toEqual([]);
  return found;
};

describe('a template', () => {
  it.each<[string, Template, unknown]>([
    ['stands for itself', { a: '3', b: [1, null, true] }, { a: '3', b: [1, null, true] }],
    ['reads a path', { from: 'application.applicant.name' }, 'NGUYỄN THỊ MẪU ĐƠN'],
    ['leaves out what isn’t there', { a: { from: 'application.field.code' }, b: 1 }, { b: 1 }],
    ['says something instead', { from: 'application.field.code', otherwise: '' }, ''],
    ['reads a place of a list', { from: 'application.documents[0].name' }, 'to-khai.pdf'],
    [
      'joins what is there',
      { join: [{ from: 'code' }, { from: 'application.field.code' }, 'x'], with: '-' },
      'H56.14-241112-0009-x',
    ],
    ['joins what an expression gives', { a: { join: [{ jsonata: '"1" & "2"' }, 'x'], with: '-' } }, { a: '12-x' }],
    [
      'goes through a list',
      {
        each: 'application.declaration.residences',
        give: { object: { from: { from: '.from' }, to: { from: '.to' } } },
      },
      [{ from: '2004-09', to: '2012-08' }],
    ],
    ['chooses', { when: { path: 'application.channel', is: ['online', 'post'] }, then: '2', else: '1' }, '2'],
    ['chooses by what is there', { when: { path: 'application.field' }, then: 1, else: 2 }, 2],
    ['writes a stamp in Vietnam', { from: 'application.receivedAt', as: 'yyyyMMddHHmmss' }, '20241112003000'],
    ['writes a day in Vietnam', { from: 'application.receivedAt', as: 'dd/MM/yyyy' }, '12/11/2024'],
    ['writes seconds', { from: 'application.receivedAt', as: 'epoch-seconds' }, 1731346200],
    ['keeps a date as exact as it is', { from: 'application.declaration.father.born', as: 'partial-date' }, '1960'],
    ['keeps leading zeros', { from: 'application.applicant.idNumber', as: 'text' }, '038190000123'],
    ['cuts by characters', { from: 'application.applicant.name', cut: 6 }, 'NGUYỄN'],
    ['says yes and no in digits', { from: 'application.declaration.banFromOffice', as: 'yes-no-1-0' }, '0'],
    ['takes a value as it is', { value: { from: 'code' } }, { from: 'code' }],
    ['encodes a file', { pdf: { file: 'application.documents[0]' } }, { pdf: pdf.toString('base64') }],
    ['computes', { n: { jsonata: '$count(application.documents) * 2' } }, { n: 2 }],
    ['pads', { jsonata: '$pad("7", -3, "0") & $pad("ộ", 3, "ab")' }, '007ộab'],
    ['keeps members in order', { a: { file: 'application.documents[0]', cut: 1 }, b: 1 }, { a: 'J', b: 1 }],
  ])('%s', async (_, template, expected) => {
    const found = await value(template);
    expect(found).toEqual(expected);
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
  });

  it.each<[string, Template, string]>([
    ['what must be there', { a: { from: 'application.field.code', required: true } }, 'item.a: there is none'],
    [
      'a code that no table has',
      { a: { from: 'application.channel', table: 'kind' } },
      'item.a: code table kind has no online',
    ],
    ['what isn’t a time', { a: { from: 'code', as: 'yyyyMMddHHmmss' } }, 'item.a: can’t be written as yyyyMMddHHmmss'],
    ['an object as a word', { a: { from: 'application.applicant', as: 'text' } }, 'item.a: is no single value'],
    [
      'an object in a text',
      { a: { join: ['x', { from: 'application.unit' }] } },
      'item.a: joins what is no single value',
    ],
    ['an expression that fails', { a: { jsonata: '$error("x")' } }, 'item.a: the expression failed'],
    [
      'one that never ends',
      { a: { jsonata: '($f := function($n) { $f($n + 1) + 1 }; $f(1))' } },
      'item.a: takes too long',
    ],
    ['one that runs on', { a: { jsonata: '($f := function($n) { $f($n + 1) }; $f(1))' } }, 'item.a: takes too long'],
    ['a width that no memory holds', { a: { jsonata: '$pad("x", 400000000)' } }, 'item.a: takes too long'],
    [
      'a text that no memory holds',
      { a: { jsonata: '$length($reduce([1..25], function($a, $n) { $a & $a }, "xxxxxxxxxxxxxxxx"))' } },
      'item.a: takes too long',
    ],
    ['a comparison of all with all', { a: { jsonata: '$distinct([1..100000])' } }, 'item.a: takes too long'],
  ])('names %s', async (_, template, fault) => {
    expect((await made(template)).faults.map((one) => one.replace("can't", 'can’t'))).toEqual([fault]);
  });

  it.each<[string, Template, RegExp]>([
    ['two things at once', { from: 'code', value: 1 }, /from and value together/],
    ['a slip of the pen', { from: 'code', tabel: 'kind' }, /from knows no tabel/],
    [
      'a member that would be a prototype',
      JSON.parse('{"__proto__":{"a":1}}') as Template,
      /no member is named __proto__/,
    ],
    ['no such source', { from: 'aplication.code' }, /aplication isn't one of/],
    ['no such member', { from: 'application.aplicant.name' }, /there is no application\.aplicant/],
    ['no such table', { from: 'code', table: 'x' }, /there is no code table x/],
    ['no such form', { from: 'code', as: 'mm/dd' as 'text' }, /as knows no mm\/dd/],
    ['a path that isn’t one', { from: 'a..b' }, /is no path/],
    ['a leading dot outside each', { from: '.name' }, /stands in no each/],
    ['a list that gives nothing', { each: 'application.documents' }, /each needs give/],
    ['an expression that can’t be read', { jsonata: '(((' }, /jsonata/],
    ['an expression by the clock', { jsonata: '$now()' }, /no \$now/],
    [
      'an expression that takes today for a missing day',
      { jsonata: '$toMillis("10:00", "[H01]:[m01]")' },
      /no \$toMillis/,
    ],
    ['a regular expression', { jsonata: '$match(code, /(a+)+$/)' }, /no regular expressions/],
  ])('is refused before anything is sent: %s', async (_, template, why) => {
    await expect(made(template)).rejects.toThrow(why);
  });

  it('leads into no prototype', async () => {
    for (const path of ['answer.constructor', 'answer.__proto__.x', 'answer.toString', 'answer.a.length'])
      expect(await value({ from: path }, { answer: { a: 'text' } })).toBeUndefined();
  });

  it('gives the same bytes for the same case', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (answer) => {
        const template: Template = { all: { from: 'answer' }, n: { jsonata: '$count(application.documents)' } };
        expect(JSON.stringify(await made(template, { answer }))).toBe(JSON.stringify(await made(template, { answer })));
      }),
      { numRuns: 50 },
    ));
});

describe('a code table', () => {
  it('is the one of the case’s own day, whenever the item is sent', async () => {
    const template: Template = { from: 'application.applicant.kind', table: 'kind' };
    expect(await value(template, { day: '2025-12-31' })).toBe(1);
    expect(await value(template, { day: '2026-01-01' })).toBe(0);
    const other = { ...recordCase, applicant: { ...recordCase.applicant, kind: 'other' } };
    expect(await value(template, { day: '2026-01-01', data: other })).toBe(9);
    expect((await made(template, { day: '2025-12-31', data: other })).faults).toEqual([
      'item: code table kind has no other',
    ]);
    expect((await made(template, { day: '2017-12-31' })).faults).toHaveLength(1);
  });

  it.each(['name', 'idNumber', 'phone', 'email'])('tells no %s that it hasn’t', async (member) => {
    const applicant = { ...recordCase.applicant, phone: '0912345678', email: 'mau.don@example.vn' };
    const { faults } = await made({ from: `application.applicant.${member}`, table: 'kind' }, { data: { ...recordCase, applicant } }); // prettier-ignore
    expect(faults).toEqual(['item: code table kind has no what stands there, and it is no code']);
  });

  it('has one version a day', () => {
    const twice = [
      { validFrom: '2020-01-01', codes: { a: 1 } },
      { validFrom: '2020-01-01', codes: { a: 2 } },
    ];
    expect(() => codeTables({ t: twice })).toThrow('two tables are valid from 2020-01-01');
  });
});

describe('what is personal', () => {
  it('is read only where the contract says so', async () => {
    const name: Template = { from: 'application.applicant.name' };
    await expect(made(name, { discloses: ['applicant.idNumber'] })).rejects.toThrow(
      "applicant.name is personal, and discloses.fields doesn't name it",
    );
    expect(await value(name, { discloses: ['applicant.name'] })).toBe('NGUYỄN THỊ MẪU ĐƠN');
    expect(await value(name, { discloses: ['applicant'] })).toBe('NGUYỄN THỊ MẪU ĐƠN');
  });

  it('isn’t reached by a longer way: the whole, a list, a condition, a file', async () => {
    const ways: Template[] = [
      { from: 'application' },
      { from: 'data' },
      { from: 'data.declaration.father.name' },
      { each: 'application.documents', give: { from: '.name' } },
      { when: { path: 'application.declaration.sex', is: 'male' }, then: 1 },
      { file: 'application.documents[0]' },
      { jsonata: '$', required: true },
    ];
    for (const way of ways.slice(0, -1)) await expect(made(way, { discloses: [] })).rejects.toThrow(/is personal/);
    const seen = JSON.stringify(await value(ways.at(-1)!, { discloses: [] }));
    for (const secret of ['MẪU ĐƠN', '038190000123', 'Nguyễn Văn Cha', 'to-khai.pdf'])
      expect(seen).not.toContain(secret);
    expect(seen).toContain('2.000488');
  });

  it('is in an expression’s sight as far as it is disclosed', async () => {
    const given = { discloses: ['applicant.idNumber', 'documents.name'] };
    expect(await value({ x: { jsonata: 'application.applicant' } }, given)).toEqual({
      x: { idNumber: '038190000123' },
    });
    expect(await value({ x: { jsonata: 'application.documents' } }, given)).toEqual({
      x: [{ name: 'to-khai.pdf' }],
    });
  });
});

describe('a partner’s way of writing', () => {
  it.each<[string, string, string]>([
    ['yyyyMMddHHmmss', '20241112003000', '2024-11-12T00:30:00+07:00'],
    ['dd/MM/yyyy HH:mm:ss', '12/11/2024 00:30:00', '2024-11-12T00:30:00+07:00'],
    ['dd/MM/yyyy', '29/02/2024', '2024-02-29'],
    ['yyyy-MM-dd', '2024-02-29', '2024-02-29'],
    ['partial-date', '08/1990', '1990-08'],
    ['rfc3339', '2024-11-12T00:30:00Z', '2024-11-12T00:30:00Z'],
  ])('%s is read', async (read, text, expected) => {
    expect(await value({ from: 'answer', read: read as 'rfc3339' }, { answer: text })).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['yyyyMMddHHmmss', '20241312003000'],
    ['yyyyMMddHHmmss', '202411120030'],
    ['dd/MM/yyyy', '30/02/2024'],
    ['dd/MM/yyyy', '2/3/2024'],
    ['dd/MM/yyyy HH:mm:ss', '12/11/2024 24:30:00'],
    ['yyyy-MM-dd', '2024-2-3'],
    ['partial-date', '1990/08'],
    ['rfc3339', '2024-11-12 00:30:00'],
  ])('%s is never guessed: %s', async (read, answer) => {
    const { value: found, faults } = await made({ from: 'answer', read: read as 'rfc3339' }, { answer });
    expect([found, faults]).toEqual([undefined, [`item: isn't ${read}`]]);
  });
});
