import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { json, lltpAnswers, lltpReplies, page, portalAnswers, portalReplies } from './partner-answers.fixture.js';
import { classifyReply, type PartnerAnswer, type ReplyRow } from './reply.js';

describe('what an answer means', () => {
  it.each(lltpAnswers)('LLTP: $name is $means', ({ answer, operation, means }) => {
    expect(classifyReply(answer, operation, lltpReplies).kind).toBe(means);
  });

  it.each(portalAnswers)('portal: $name is $means', ({ answer, operation, means }) => {
    expect(classifyReply(answer, operation, portalReplies).kind).toBe(means);
  });

  it('is decided by the first row that matches', () => {
    const any: ReplyRow = { when: { status: '2xx' }, means: 'accepted' };
    const exact: ReplyRow = { when: { status: 200, text: 'đã tồn tại' }, means: 'already-held' };
    const answer = json({ message: 'đã tồn tại' });
    expect(classifyReply(answer, 'x', [any, exact]).kind).toBe('accepted');
    expect(classifyReply(answer, 'x', [exact, any]).kind).toBe('already-held');
  });

  it('is that of the call that it says it answers, where a delivery takes several', () => {
    const rows: ReplyRow[] = [
      { when: { operation: 'create', status: 200 }, means: 'accepted' },
      { when: { operation: 'upload', status: 200 }, means: 'busy' },
    ];
    const answer = json({});
    expect(classifyReply(answer, 'create', rows).kind).toBe('accepted');
    expect(classifyReply({ ...answer, call: 'upload' } as PartnerAnswer, 'create', rows).kind).toBe('busy');
    expect(classifyReply({ ...answer, call: 'token' } as PartnerAnswer, 'create', rows).kind).toBe('doubt');
  });

  it('needs every condition of its row', () => {
    const when = {
      status: 200,
      json: { code: 'OK', n: 1 },
      text: 'xong',
      contentType: 'application/json',
      operation: 'gửi',
    };
    const means = (answer: PartnerAnswer, operation = 'gửi'): string =>
      classifyReply(answer, operation, [{ when, means: 'accepted' }]).kind;
    expect(means(json({ code: 'OK', n: '1', text: 'Xong' }))).toBe('accepted');
    expect(means(json({ code: 'OK', n: 1, text: 'Xong' }, 201))).toBe('doubt');
    expect(means(json({ code: 'OK', text: 'Xong' }))).toBe('doubt');
    expect(means(json({ code: 'ok', n: 1, text: 'Xong' }))).toBe('doubt');
    expect(means(json({ code: 'OK', n: 1 }))).toBe('doubt');
    expect(means(json({ code: 'OK', n: 1, text: 'Xong' }), 'khác')).toBe('doubt');
    expect(means({ ...json({ code: 'OK', n: 1, text: 'xong' }), contentType: 'text/html' } as PartnerAnswer)).toBe(
      'doubt',
    );
  });

  it('is doubt for a redirect, unless the row that matches is one for its status', () => {
    const redirected = json({ message: 'thành công' }, 302);
    const row: ReplyRow = { when: { text: 'thành công' }, means: 'accepted' };
    const doubt = { kind: 'doubt', reason: 'redirected, not followed (HTTP 302)', answered: true };
    expect(classifyReply(redirected, 'x', [row])).toEqual(doubt);
    expect(classifyReply(redirected, 'x', [])).toEqual(doubt);
    expect(classifyReply(redirected, 'x', [{ when: { status: '3xx' }, means: 'busy' }]).kind).toBe('busy');
  });

  it('takes 2xx for hundreds, not for a first digit', () => {
    const row: ReplyRow = { when: { status: '2xx' }, means: 'accepted' };
    expect([200, 299, 2, 20, 300].map((status) => classifyReply(json({}, status), 'x', [row]).kind)).toEqual([
      'accepted',
      'accepted',
      'doubt',
      'doubt',
      'doubt',
    ]);
  });

  it('takes a content type in any case, with parameters', () => {
    const row: ReplyRow = { when: { contentType: 'Text/HTML' }, means: 'busy' };
    expect(classifyReply(page('', 200), 'x', [row]).kind).toBe('busy');
    const loud = { ...page('', 200), contentType: 'TEXT/HTML; charset=UTF-8' } as PartnerAnswer;
    expect(classifyReply(loud, 'x', [row]).kind).toBe('busy');
  });

  it('keeps the partner’s words for a refusal, bounded and storable, and the status where there are none', () => {
    const row: ReplyRow = {
      when: { status: '4xx' },
      means: 'refused',
      reason: ['statusDescription', 'errorDescription'],
    };
    const said = (body: unknown): unknown => classifyReply(json(body, 400), 'x', [row]);
    expect(said({ statusDescription: 'Sai', errorDescription: 'thiếu ngày cấp CCCD' })).toEqual({
      kind: 'refused',
      reason: 'Sai: thiếu ngày cấp CCCD',
    });
    expect(said({ statusDescription: '', errorDescription: 7 })).toEqual({ kind: 'refused', reason: 'HTTP 400' });
    const { reason } = said({ statusDescription: `a\0${'𠀀'.repeat(400)}` }) as { reason: string };
    expect(reason.length).toBeLessThanOrEqual(500);
    expect(reason.isWellFormed() && !reason.includes('\0')).toBe(true);
  });

  it('hands on Retry-After only where the partner said it', () => {
    const row: ReplyRow = { when: { status: 503 }, means: 'busy' };
    expect(classifyReply({ ...page('', 503), retryAfter: 7 } as PartnerAnswer, 'x', [row])).toEqual({
      kind: 'busy',
      reason: 'HTTP 503',
      retryAfter: 7,
    });
    expect(classifyReply(page('', 503), 'x', [row])).toEqual({ kind: 'busy', reason: 'HTTP 503' });
  });
});

describe('any answer under any table', () => {
  const text = fc.constantFrom('', 'thành công', 'Đã tồn tại', 'lỗi');
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom('status', 'error_code', 'message'), fc.oneof(text, fc.constantFrom('0', '1', 0, 1))),
  );
  const answered = fc
    .record({ status: fc.constantFrom(200, 201, 302, 400, 404, 500, 503), body, text })
    .map(({ status, body, text }): PartnerAnswer => ({
      kind: 'answered',
      status,
      contentType: 'application/json',
      text: text + JSON.stringify(body),
      json: body,
    }));
  const row: fc.Arbitrary<ReplyRow> = fc.record({
    when: fc.record(
      {
        status: fc.oneof(
          fc.constantFrom<number | string>('2xx', '5xx', 200, 503),
          fc.constant<(number | string)[]>([404, '4xx']),
        ),
        json: fc.dictionary(fc.constantFrom('status', 'error_code'), fc.constantFrom('0', '1', 0)),
        text,
      },
      { requiredKeys: [] },
    ),
    means: fc.constantFrom<ReplyRow['means']>(
      'accepted',
      'already-held',
      'refused',
      'busy',
      'session-expired',
      'doubt',
    ),
  });
  const table = fc.array(row, { maxLength: 6 });

  it('means what its first matching row says alone; where none matches it is doubt, never success', () => {
    const matching = ({ when }: ReplyRow, answer: PartnerAnswer): boolean =>
      classifyReply(answer, 'x', [{ when, means: 'accepted' }]).kind === 'accepted';
    fc.assert(
      fc.property(answered, table, (answer, rows) => {
        const first = rows.find((r) => matching(r, answer));
        expect(classifyReply(answer, 'x', rows)).toEqual(classifyReply(answer, 'x', first ? [first] : []));
        if (!first) expect(classifyReply(answer, 'x', rows).kind).toBe('doubt');
      }),
      { numRuns: 1_000 },
    );
  });

  it('without rows it is doubt', () => {
    fc.assert(fc.property(answered, (answer) => expect(classifyReply(answer, 'x', []).kind).toBe('doubt')));
  });

  it('isn’t changed by a row that doesn’t match, wherever it stands', () => {
    const never: ReplyRow = { when: { status: 599 }, means: 'accepted' };
    fc.assert(
      fc.property(answered, table, fc.nat(6), (answer, rows, at) => {
        expect(classifyReply(answer, 'x', rows.toSpliced(at, 0, never))).toEqual(classifyReply(answer, 'x', rows));
      }),
    );
  });

  it('what never left is busy and what wasn’t answered is doubt, even if a row would take everything', () => {
    const greedy: ReplyRow[] = [{ when: {}, means: 'accepted' }];
    expect(classifyReply({ kind: 'unsent', reason: 'refused' }, 'x', greedy).kind).toBe('busy');
    expect(classifyReply({ kind: 'no-answer', reason: 'reset' }, 'x', greedy).kind).toBe('doubt');
  });
});
