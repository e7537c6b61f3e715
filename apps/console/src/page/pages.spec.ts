import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CaseHeader, LaneView } from '#ledger';
import { casePage } from './case.page.js';
import { html } from './html.js';
import { headers, page } from './layout.js';
import { overviewPage, type Overview } from './overview.page.js';

const evil = `<img src=x onerror="alert('1')">&`;
const at = new Date('2026-11-23T04:05:06Z');
const header = (more: Partial<CaseHeader> = {}): CaseHeader => ({
  streamId: '7',
  code: 'H53.14-260101-0001',
  procedure: '2.000488',
  enteredBy: 'mot-cua',
  openedOn: '2026-01-01',
  unit: null,
  status: 4,
  last: 3,
  headHash: 'ab'.repeat(32),
  dueAt: null,
  mergedInto: null,
  merged: [],
  ...more,
});
const lane = (more: Partial<LaneView> = {}): LaneView => ({
  streamId: '7',
  agencyId: 'lltp',
  done: 1,
  last: 3,
  wait: null,
  sending: false,
  inDoubt: false,
  ...more,
});
const overview = (more: Partial<Overview> = {}): Overview => ({
  at,
  agencies: [
    {
      id: 'lltp',
      name: { vi: 'Phần mềm', en: 'Software' },
      paused: null,
      breaker: null,
      turn: 1_234,
      timer: 0,
      sending: 2,
      person: 20_000,
      inDoubt: 1,
      cause: null,
      lastAcknowledged: at,
    },
  ],
  today: { cases: 1_234_567, acknowledged: 0 },
  cases: [header()],
  lanes: new Map([['7', [lane()]]]),
  ...more,
});

describe('a page', () => {
  it('escapes whatever comes from outside, in text and in attributes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const shown = html`<p title="${text}">${text}</p>`.toString();
        const inside = /^<p title="([^<>"]*)">([^<>"]*)<\/p>$/s.exec(shown);
        expect(inside?.[1]).toBe(inside?.[2]);
        const entities: Record<string, string> = {
          '&amp;': '&',
          '&lt;': '<',
          '&gt;': '>',
          '&quot;': '"',
          '&#39;': "'",
        };
        expect(inside?.[2]!.replace(/&[a-z#0-9]+;/g, (e) => entities[e] ?? e)).toBe(text);
      }),
    );
  });

  it('shows nothing of what an attacker names agencies and codes', () => {
    const agency = {
      ...overview().agencies[0]!,
      id: evil,
      name: { vi: evil, en: evil },
      cause: { owner: evil, fingerprint: evil, deliveries: 1 },
    };
    const shown = overviewPage(
      overview({
        agencies: [agency],
        cases: [header({ code: evil, procedure: evil, enteredBy: evil })],
        lanes: new Map([['7', [lane({ agencyId: evil })]]]),
      }),
    ).toString();
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('onerror="');
    expect(page(evil, { counterForm: evil, apiDocs: evil }, html``, evil)).not.toContain('<img');
  });

  it('says of an agency that stands still since when, why and how many wait', () => {
    const [agency] = overview().agencies;
    const stands = {
      paused: { since: at, until: null, reason: 'bảo trì <b>' },
      breaker: { since: at, reason: 'http #', probes: 3 },
    };
    const shown = overviewPage(overview({ agencies: [{ ...agency!, ...stands }] })).toString();
    expect(shown).toContain('bảo trì &lt;b&gt;; 1.234 đang chờ');
    expect(shown).toMatch(/breaker open [^:]+:\d+:\d+: http #; 1\.234 đang chờ/);
    expect(overviewPage(overview()).toString()).not.toMatch(/tạm dừng|breaker/);
  });

  it('lets run only the style and the script that it holds', () => {
    const shown = page('t', { counterForm: '/', apiDocs: '/' }, overviewPage(overview()), '/live');
    const policy = headers['content-security-policy']!;
    for (const [tag, directive] of [
      ['style', 'style-src'],
      ['script', 'script-src'],
    ] as const) {
      const blocks = [...shown.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))];
      expect(blocks).toHaveLength(1);
      expect(policy).toContain(`${directive} 'sha256-${createHash('sha256').update(blocks[0]![1]!).digest('base64')}'`);
    }
    expect(shown).not.toMatch(/ (style|on\w+)="/);
    expect(shown).not.toMatch(/(src|href)="https?:/);
  });

  it('tells each standing by a mark and by words', () => {
    const standing = (more: Partial<LaneView>): string =>
      overviewPage(overview({ lanes: new Map([['7', [lane(more)]]]) })).toString();
    expect(standing({ done: 3 })).toContain('lltp <span aria-hidden="true">✓</span><span class="skip">: đã nhận đủ');
    expect(standing({ wait: 'turn' })).toContain(': chờ lượt');
    expect(standing({ wait: 'timer' })).toContain(': hẹn giờ');
    expect(standing({ wait: 'timer', inDoubt: true })).toContain(': nghi vấn');
    expect(standing({ wait: 'person', inDoubt: true })).toContain(': chờ người');
    expect(standing({ sending: true })).toContain(': đang gửi');
  });

  it('counts with dots, and stops counting where the ledger did', () => {
    const shown = overviewPage(overview()).toString();
    expect(shown).toContain('1.234.567');
    expect(shown).toContain('≥ 20.000');
    expect(shown).toContain('23/11/2026 11:05:06');
  });
});

describe('a case', () => {
  const view = {
    header: header(),
    events: [
      {
        sequence: 1,
        id: 'i',
        type: 'vn.lienthong.case.received.v1',
        sender: 'mot-cua',
        status: 2,
        skipped: [4],
        recordedAt: at,
        hash: 'cd'.repeat(32),
      },
    ],
    deliveries: [
      {
        agencyId: 'lltp',
        sequence: 1,
        state: 'parked',
        wait: 'person',
        wakeAt: null,
        heldFor: null,
        inDoubt: true,
        attempts: 3,
        plannedAt: at,
        endedAt: null,
        owner: 'data',
        reason: 'Nguyễn Văn A: thiếu ngày cấp',
      },
    ],
    lanes: [lane()],
  };

  it('shows its events and deliveries in words', () => {
    const shown = casePage(view).toString();
    for (const words of [
      'Tiếp nhận hồ sơ',
      'bỏ qua bước 4',
      'chờ người xử lý',
      'dữ liệu hồ sơ',
      'nghi vấn',
      'Đang xử lý',
      '01/01/2026',
    ])
      expect(shown).toContain(words);
  });

  it('says what was merged into what, and what a held delivery waits for', () => {
    const [loser, survivor] = ['H53.14-260101-0002', 'H53.14-260101-0001'];
    const deliveries = [{ ...view.deliveries[0]!, state: 'open', wait: 'turn', heldFor: [loser] }];
    const merged = [{ code: loser, enteredBy: 'mot-cua', since: 2 }];
    const shown = casePage({ ...view, header: header({ merged }), deliveries }).toString();
    expect(shown).toContain(`/cases/${loser}`);
    expect(shown).toContain('chờ hồ sơ');
    expect(casePage({ ...view, header: header({ mergedInto: survivor }) }).toString()).toContain(`/cases/${survivor}`);
  });

  it('keeps the partner’s words to itself: they may name a person', () => {
    expect(casePage(view).toString()).not.toContain('Nguyễn');
  });
});
