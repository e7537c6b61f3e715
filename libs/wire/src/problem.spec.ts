import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { languageOf, problem, problems, type ProblemCode } from './problem.js';

describe('the caller’s language', () => {
  it.each([
    [undefined, 'vi'],
    ['', 'vi'],
    ['*', 'vi'],
    ['fr-FR, de;q=0.8', 'vi'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['EN-gb', 'en'],
    ['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
    ['en;q=0.3, vi;q=0.7', 'vi'],
    ['vi;q=0.3, en;q=0.7', 'en'],
    ['fr, en;q=0.5', 'en'],
    ['vi, en', 'vi'],
    ['en, vi', 'en'],
    ['en;q=0', 'vi'],
    ['en;q=zero', 'vi'],
    ['en ; q=0.5', 'en'],
  ])('for %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is one of two for any header', () => {
    fc.assert(fc.property(fc.string(), (header) => expect(['vi', 'en']).toContain(languageOf(header))));
  });
});

describe('a problem', () => {
  const codes = Object.keys(problems) as ProblemCode[];

  it.each(codes)('%s has a status of its kind and a sentence in both languages, Vietnamese in NFC', (code) => {
    const { status, vi, en } = problems[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(vi).not.toBe(en);
    for (const sentence of [vi, en]) expect(sentence).toMatch(/^\p{Lu}.*\.$/u);
    expect(vi.normalize('NFC')).toBe(vi);
  });

  it('says what RFC 9457 wants, in the language asked for, with what more is known', () => {
    expect(problem('invalid-payload', 'vi', { faults: [{ path: '/born', rule: 'format:date' }] })).toEqual({
      type: 'urn:lienthong:problem:invalid-payload',
      title: 'Dữ liệu hồ sơ không hợp lệ.',
      status: 422,
      code: 'invalid-payload',
      detail: 'Dữ liệu hồ sơ không hợp lệ.',
      faults: [{ path: '/born', rule: 'format:date' }],
    });
    expect(problem('conflicting-body', 'en', { hashes: { held: 'a', received: 'b' } })).toMatchObject({
      status: 409,
      title: 'The same key came with another body before.',
      hashes: { held: 'a', received: 'b' },
    });
    expect(problem('internal', 'en')).not.toHaveProperty('faults');
  });
});
