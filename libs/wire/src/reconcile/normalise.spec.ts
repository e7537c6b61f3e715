import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparedFields, lineHash } from './line.js';
import { normalFields, normalForm, normalKey } from './normalise.js';

describe('a compared field', () => {
  it.each<[Parameters<typeof normalForm>[0], unknown, string | null | undefined]>([
    ['status', 4, '4'],
    ['status', '10', '10'],
    ['status', '11', undefined],
    ['status', '04', undefined],
    ['status', 'Đang xử lý', undefined],
    ['receivedOn', '2026-03-05', '2026-03-05'],
    ['receivedOn', '2026-03-04T17:30:00Z', '2026-03-05'],
    ['receivedOn', '2026-03-05T00:30:00+07:00', '2026-03-05'],
    ['receivedOn', '05/03/2026', undefined],
    ['receivedOn', '2026-02-30', undefined],
    ['dueOn', 20260305, undefined],
    ['applicantName', ' Nguyễn  thị\tMẫu ', 'NGUYỄN THỊ MẪU'],
    ['applicantName', 'Nguyễn'.normalize('NFD'), 'NGUYỄN'],
    ['applicantId', 79200000123, undefined],
    ['applicantId', '079200000123', '079200000123'],
    ['resultNumber', 17, '17'],
    ['resultNumber', 1.5, undefined],
    ['progressRows', '3,0', undefined],
    ['progressRows', 3, '3'],
    [
      'progress',
      '2026-05-06T09:00:00/9, 2026-05-05T09:00:00/4,2026-05-06T09:00:00/9',
      '2026-05-05T09:00:00/4,2026-05-06T09:00:00/9',
    ],
    ['progress', ['2026-05-06T09:00:00/10', '2026-05-05T09:00:00/4'], '2026-05-05T09:00:00/4,2026-05-06T09:00:00/10'],
    ['progress', [], null],
    ['progress', '2026-02-30T09:00:00/4', undefined],
    ['progress', '2026-05-06T24:00:00/4', undefined],
    ['progress', '2026-05-06T09:00:00+07:00/4', undefined],
    ['progress', '2026-05-06T09:00:00/11', undefined],
    ['progress', ['2026-05-06T09:00:00/4', 4], undefined],
    ['resultFile', 'AB'.repeat(32), 'ab'.repeat(32)],
    ['resultStands', 'revoked', 'revoked'],
    ['judged', 'late', undefined],
    ['procedure', '  ', null],
    ['finishedOn', null, null],
  ])('%s %j is %j', (field, value, form) => expect(normalForm(field, value as never)).toBe(form));

  it('is its own normal form once it is one, so that both sides hash the same', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat(), fc.constant(null), fc.date().map(String));
    fc.assert(
      fc.property(fc.constantFrom(...comparedFields), value, (field, written) => {
        const form = normalForm(field, written);
        if (form !== undefined && form !== '') expect(normalForm(field, form)).toBe(form);
      }),
    );
  });

  it('that has no normal form is named', () => {
    expect(normalFields({ status: 4, dueOn: '1/2/2026' }, ['status', 'dueOn'])).toEqual({
      kind: 'faulty',
      field: 'dueOn',
    });
    expect(normalFields({ status: 4 }, ['status', 'dueOn'])).toEqual({
      kind: 'normal',
      fields: { status: '4', dueOn: null },
    });
  });
});

describe('a key', () => {
  it('is text in NFC without outer white space, and never holds a line feed', () => {
    expect(normalKey(' H53.14-260305-0001 ')).toBe('H53.14-260305-0001');
    expect(normalKey(17)).toBe('17');
    for (const none of ['', ' ', 'a\nb', 'x'.repeat(201), null, undefined, true, { a: 1 }])
      expect(normalKey(none as never)).toBeUndefined();
  });

  it('and its fields give the hash that the documents print', () => {
    expect(
      lineHash('H53.14-260305-0001', { status: '4', receivedOn: '2026-03-05', dueOn: null }, [
        'status',
        'receivedOn',
        'dueOn',
      ]),
    ).toBe('47a6c1584ef33d6309a1c172a5928989edc2df328cf5e9024339c529b92e0b11');
  });
});
