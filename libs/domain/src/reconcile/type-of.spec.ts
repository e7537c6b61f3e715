import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainHash } from './explain-hash.js';
import { heldState, type HeldEvent } from './held-state.js';
import { verdictOf } from './judged.js';
import { resendOf, type Resendable } from './resend.js';
import { ownerOf, settlingOf, type Discrepant } from './settling.js';
import { typeOfKeys, typeOfPair, withoutPrefixes, type Link } from './type-of.js';

const compares = [
  'status',
  'dueOn',
  'judged',
  'resultFile',
  'resultNumber',
  'resultStands',
  'progressRows',
  'applicantName',
];
const ours = {
  ...{ status: '9', dueOn: '2026-05-20', judged: 'early', resultFile: 'ab', resultNumber: '1', resultStands: 'yes' },
  ...{ progressRows: '3', applicantName: 'A' },
};

describe('what one case differs in', () => {
  it.each([
    ['status-differs', { status: '4', judged: 'open-in-time', progressRows: '1' }],
    ['file-differs', { resultFile: 'cd' }],
    ['file-differs', { resultFile: null, dueOn: '2026-05-21' }],
    ['deadline-differs', { dueOn: '2026-05-21', judged: 'on-time' }],
    ['deadline-differs', { judged: 'overdue', progressRows: '2' }],
    ['progress-missing', { progressRows: '2' }],
    ['field-differs', { progressRows: '4' }],
    ['field-differs', { applicantName: null }],
  ])('is %s for %j', (type, change) => {
    const difference = typeOfPair(ours, { ...ours, ...change }, compares)!;
    expect(difference.type).toBe(type);
    expect([...difference.fields].sort()).toEqual(Object.keys(change).sort());
  });

  it.each([
    ['progress-missing', 'b/4,c/9'],
    ['progress-missing', null],
    // As many, and not the same.
    ['progress-missing', 'a/2,b/4,d/9'],
    ['field-differs', 'a/2,b/4,c/9,d/10'],
  ])('is %s where the progress rows that they show are %s', (type, progress) => {
    const rows = { progress: 'a/2,b/4,c/9' };
    expect(typeOfPair(rows, { progress }, ['progress'])!.type).toBe(type);
  });

  it('is a revoked result that is still shown, whatever else differs', () => {
    const gone = { ...ours, resultStands: 'revoked', resultFile: null, resultNumber: null };
    expect(typeOfPair(gone, ours, compares)!.type).toBe('revoked-still-there');
    expect(typeOfPair(gone, { ...ours, status: '10' }, compares)!.type).toBe('revoked-still-there');
    // A side without the word says it by having one.
    expect(typeOfPair(gone, { ...ours, resultStands: null }, compares)!.type).toBe('revoked-still-there');
    expect(typeOfPair(gone, { ...gone, resultStands: 'no' }, compares)!.type).toBe('field-differs');
  });

  it('is nothing where all that is compared is equal, and something else otherwise', () => {
    const field = fc.constantFrom(...compares);
    const value = fc.option(fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(field, value), fc.dictionary(field, value), (a, b) => {
        const differ = compares.filter((name) => (a[name] ?? null) !== (b[name] ?? null));
        expect(typeOfPair(a, b, compares)?.fields ?? []).toEqual(differ);
      }),
    );
  });
});

describe('keys that one side lacks', () => {
  const link = (ours: string, theirs: string, by: Link['by'] = 'prefix'): Link => ({ ours, theirs, by });
  it('two of ours under one of theirs are one discrepancy, and neither is also another code', () =>
    expect(typeOfKeys([link('A.1', '1'), link('B.1', '1'), link('A.1', 'x', 'content')])).toEqual([
      { type: 'two-under-one', theirs: '1', ours: ['A.1', 'B.1'] },
    ]));
  it('one of ours under one of theirs is another code; an alias says more than a prefix, a prefix more than content', () =>
    expect(typeOfKeys([link('A.1', 'x', 'content'), link('A.1', '1'), link('A.1', 'p', 'alias')])).toEqual([
      { type: 'other-code', ours: 'A.1', theirs: 'p' },
    ]));
  it('no key has a part in two discrepancies, whatever is linked', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const links = fc.array(fc.record({ ours: key, theirs: key, by: fc.constantFrom('alias', 'prefix', 'content') }));
    fc.assert(
      fc.property(links as fc.Arbitrary<Link[]>, (some) => {
        const found = typeOfKeys(some);
        const here = found.flatMap((one) => one.ours);
        const there = found.map((one) => one.theirs);
        expect([new Set(here).size, new Set(there).size]).toEqual([here.length, there.length]);
      }),
    );
  });
  it('a prefix is dropped level by level, and a number alone is no key', () => {
    expect(withoutPrefixes('000.17.22.H53-260505-0001')).toEqual([
      ...['17.22.H53-260505-0001', '22.H53-260505-0001', 'H53-260505-0001', '260505-0001'],
    ]);
    expect(withoutPrefixes('CQ-4')).toEqual([]);
  });
});

describe('a side that gives hashes only', () => {
  const hash = (fields: object): string => compares.map((name) => (fields as never)[name] ?? null).join('|');
  it('is understood where one field differs, with the verdict that follows from it', () => {
    const theirs = { ...ours, status: '4', judged: 'open-overdue' };
    expect(explainHash(ours, compares, (tried) => hash(tried) === hash(theirs))).toEqual(theirs);
    const rows = { ...ours, progressRows: '0' };
    expect(explainHash(ours, compares, (tried) => hash(tried) === hash(rows))).toEqual(rows);
    const all = { ...ours, progress: 'a/2,b/4,c/9' };
    const lost = { ...all, progress: 'a/2,c/9', progressRows: '2' };
    const over = (fields: object): string => hash(fields) + (fields as typeof lost).progress;
    expect(explainHash(all, [...compares, 'progress'], (tried) => over(tried) === over(lost))).toEqual(lost);
  });
  it('is said not to be, where more does', () => {
    const theirs = hash({ ...ours, status: '4', applicantName: 'B' });
    expect(explainHash(ours, compares, (tried) => hash(tried) === theirs)).toBeUndefined();
  });
});

describe('the verdict on a term, by case systems', () => {
  it.each([
    [{ status: 9, dueOn: '2026-05-20', finishedOn: '2026-05-19' }, 'early'],
    [{ status: 10, dueOn: '2026-05-20', finishedOn: '2026-05-20' }, 'on-time'],
    [{ status: 9, dueOn: '2026-05-20', finishedOn: '2026-05-21' }, 'overdue'],
    [{ status: 9, dueOn: null, finishedOn: '2026-05-21' }, 'on-time'],
    [{ status: 7, dueOn: '2026-05-20', finishedOn: null }, 'on-time'],
    [{ status: 9, dueOn: '2026-05-20', finishedOn: null }, null],
    [{ status: 1, dueOn: '2026-05-20', finishedOn: null }, null],
    [{ status: 3, dueOn: '2026-05-20', finishedOn: null }, null],
    [{ status: 5, dueOn: '2026-05-20', finishedOn: null }, 'open-in-time'],
    [{ status: 6, dueOn: '2026-05-20', finishedOn: null }, 'open-in-time'],
    [{ status: 8, dueOn: '2026-05-20', finishedOn: null }, 'open-in-time'],
    [{ status: 4, dueOn: '2026-05-20', finishedOn: null }, 'open-overdue'],
    [{ status: 4, dueOn: '2026-06-01', finishedOn: null }, 'open-in-time'],
    [{ status: 2, dueOn: null, finishedOn: null }, 'open-in-time'],
  ])('%j on 2026-06-01: %s', (term, verdict) => expect(verdictOf(term, '2026-06-01')).toBe(verdict));
});

describe('what an agency should show', () => {
  const nothing = { receivedAt: null, dueAt: null, at: null, finishedAt: null, procedure: null, applicantName: null };
  const event = (type: string, status: number, more: Partial<HeldEvent> = {}): HeldEvent => ({
    ...{ ...nothing, applicantId: null, resultNumber: null, resultFile: null, type: `case.${type}`, status },
    ...more,
  });
  it('has the newest application, a row for each change, and no result once it is revoked', () => {
    const events = [
      event('received', 2, { dueAt: 'd1', applicantName: 'A' }),
      event('status-changed', 4, { dueAt: 'of a step' }),
      event('supplemented', 4, { dueAt: 'd2', applicantName: 'B' }),
      event('status-changed', 9, { at: 't1', finishedAt: 't0' }),
      event('result-issued', 9, { at: 't2', resultNumber: '1', resultFile: 'f' }),
    ];
    expect(heldState(events)).toMatchObject({
      ...{ status: 9, dueAt: 'd2', applicantName: 'B', progressRows: 2, finishedAt: 't0' },
      ...{ resultStands: 'yes', resultNumber: '1', resultFile: 'f' },
    });
    expect(heldState([...events, event('result-revoked', 9)])).toMatchObject({
      ...{ resultStands: 'revoked', resultNumber: null, resultFile: null },
    });
    expect(heldState([...events, event('status-changed', 4)])).toMatchObject({ status: 4, finishedAt: null });
  });
  it('has a row once for each moment, to the second, and status, in whatever zone it was told', () => {
    const row = (status: number, at: string): HeldEvent => event('status-changed', status, { at });
    const rows = [row(9, '2026-05-06T02:00:00.900Z'), row(4, '2026-05-05T09:00:00+07:00')];
    const same = [row(4, '2026-05-05T02:00:00Z'), row(5, '2026-05-05T09:00:00+07:00')];
    expect(heldState([...rows, ...same])).toMatchObject({
      progress: '2026-05-05T09:00:00/4,2026-05-05T09:00:00/5,2026-05-06T09:00:00/9',
      progressRows: 3,
    });
  });
});

describe('what settles it', () => {
  it('is one action, and who must act follows from it', () => {
    const party = { reports: true, canBeAsked: true, lists: true };
    const settles = (type: Discrepant, fields: string[] = [], dueHere = true): string => {
      const settling = settlingOf(type, fields, party, dueHere);
      return `${settling} ${ownerOf(settling)}`;
    };
    expect(settles('missing-there')).toBe('resend ours');
    expect(settles('status-differs')).toBe('fetch ours');
    expect(settles('deadline-differs', ['dueOn'], false)).toBe('correct-here data');
    expect(settles('deadline-differs', ['judged'])).toBe('ask-partner theirs');
    expect(settles('field-differs', ['applicantId'])).toBe('ask-counter data');
    expect(settles('field-differs', ['procedure', 'progressRows'])).toBe('resend ours');
    expect(settles('field-differs', ['progressRows'])).toBe('ask-partner theirs');
    expect(settles('field-differs', ['progressRows', 'progress'])).toBe('ask-partner theirs');
    expect(settles('missing-here')).toBe('fetch ours');
    expect(settlingOf('missing-here', [], { reports: true, canBeAsked: true })).toBe('ask-partner');
    expect(settlingOf('status-differs', ['status'], { reports: false, canBeAsked: true })).toBe('resend');
  });

  it('is to take over what they say, where their contract says that their books are right in it', () => {
    const party = {
      reports: true,
      canBeAsked: true,
      authorityIn: ['status-differs', 'deadline-differs', 'file-differs'],
    };
    expect(settlingOf('status-differs', ['status'], party)).toBe('correct-here');
    expect(settlingOf('deadline-differs', ['dueOn'], party)).toBe('correct-here');
    // Nobody takes over a verdict or a file's hash.
    expect(settlingOf('deadline-differs', ['judged'], party)).toBe('ask-partner');
    expect(settlingOf('file-differs', ['resultFile'], party)).toBe('fetch');
    expect(settlingOf('status-differs', ['status'], { ...party, authorityIn: ['deadline-differs'] })).toBe('fetch');
  });

  const delivery = (sequence: number, form: 'full' | 'delta' | 'result' | 'revocation', state = 'acknowledged') =>
    ({ sequence, form, state, taint: 'none', isRow: form === 'delta' }) as never;
  const lane = [
    delivery(1, 'full'),
    delivery(2, 'delta'),
    delivery(3, 'full'),
    delivery(4, 'delta'),
    delivery(5, 'result'),
  ];
  it.each<[Discrepant, number[]]>([
    ['missing-there', [1, 2, 3, 4, 5]],
    ['status-differs', [3, 4, 5]],
    ['file-differs', [5]],
    ['progress-missing', [2, 4]],
  ])('of %s sends %j again, where nobody knows which rows they have', (type, sequences) =>
    expect(resendOf(type, lane).map(({ sequence }) => sequence)).toEqual(sequences),
  );
  const rowsOfLane = ['', 'b/4', '', 'd/5', 'e/4', 'f/9'].map((row, i) => ({
    ...(delivery(i + 1, row ? 'delta' : 'full') as Resendable),
    ...(row ? { row } : {}),
  }));
  it.each<[Discrepant, string[], number[]]>([
    ['progress-missing', ['d/5'], [4]],
    ['progress-missing', ['b/4', 'f/9'], [2, 6]],
    ['progress-missing', [], []],
    // A row that must end with the status goes though they have it: the state before it is told anew.
    ['status-differs', [], [3, 6]],
    ['status-differs', ['b/4', 'f/9'], [2, 3, 6]],
    ['field-differs', ['d/5'], [3, 4, 6]],
  ])('of %s, where they lack the rows %j, sends %j and no other', (type, lacking, sequences) =>
    expect(resendOf(type, rowsOfLane, lacking).map(({ sequence }) => sequence)).toEqual(sequences),
  );
  it.each<[Discrepant, number[]]>([
    ['status-differs', [5]],
    ['file-differs', [3, 5]],
    ['deadline-differs', [1, 3, 5]],
    ['field-differs', [1, 3, 5]],
  ])('of %s, where no full state is told, what says it and the last row: %j', (type, sequences) => {
    const rows = ['', 'row', 'result', 'row', 'row'];
    const told = rows.map((what, i) => ({
      ...(delivery(i + 1, what === 'result' ? 'result' : 'delta') as Resendable),
      isRow: what === 'row',
    }));
    expect(resendOf(type, told).map(({ sequence }) => sequence)).toEqual(sequences);
  });
  it('never sends a revoked result again, its revocation it does', () => {
    const revoked = [...lane, delivery(6, 'revocation')];
    expect(resendOf('missing-there', revoked).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 6]);
    expect(resendOf('revoked-still-there', revoked).map(({ sequence }) => sequence)).toEqual([6]);
    expect(resendOf('file-differs', revoked)).toEqual([]);
  });
});
