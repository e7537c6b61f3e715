import type { PartnerName } from '../evidence.js';
import type { Fault } from '../fault.js';
import type { Behaviour } from '../partners/behaviour.js';

interface Played {
  name: string;
  vi: string;
  en: string;
  partners: PartnerName[];
  behaviour: Behaviour;
  seconds: number;
}

/** These partners behave so for a while, then well again. */
const played = ({ name, vi, en, partners: touches, behaviour, seconds }: Played): Fault => ({
  name,
  vi,
  en,
  touches,
  async happen({ partners, forSeconds }) {
    await Promise.all(touches.map((partner) => partners.behave(partner, behaviour)));
    await forSeconds(seconds);
    await Promise.all(touches.map((partner) => partners.behave(partner, { kind: 'ok' })));
  },
});

export const partnerRefuses: Fault = {
  ...played({
    name: 'partner-refuses',
    vi: 'một cơ quan từ chối (422) một phần năm mươi sự kiện',
    en: 'a partner refuses (422) one event in fifty',
    partners: ['thue'],
    behaviour: { kind: 'refuse', one: 3, of: 50 },
    seconds: 15,
  }),
  quick: true,
  parks: true,
};

export const partnerDown = played({
  name: 'partner-down',
  vi: 'một cơ quan trả 503 trong 20 s',
  en: 'a partner answers 503 for 20 s',
  partners: ['buu-dien'],
  behaviour: { kind: 'down' },
  seconds: 20,
});

export const partnerHangs = played({
  name: 'partner-hangs',
  vi: 'một cơ quan treo, không trả lời, 15 s',
  en: 'a partner hangs for 15 s',
  partners: ['thue'],
  behaviour: { kind: 'hang' },
  seconds: 15,
});

export const partnerResets = played({
  name: 'partner-resets',
  vi: 'hai cơ quan cắt kết nối giữa chừng, 10 s',
  en: 'two partners reset half-way for 10 s',
  partners: ['dat-dai', 'buu-dien'],
  behaviour: { kind: 'reset' },
  seconds: 10,
});

export const answerLost: Fault = {
  ...played({
    name: 'answer-lost',
    vi: 'cả bốn cơ quan làm xong nhưng mất câu trả lời, 6 s',
    en: 'all four partners do the work and lose the answer for 6 s',
    partners: ['thue', 'dat-dai', 'buu-dien', 'ho-tich'],
    behaviour: { kind: 'lose-answer' },
    seconds: 6,
  }),
  quick: true,
};

export const batchShuffled = played({
  name: 'batch-shuffled',
  vi: 'một cơ quan trả lời cả lô không theo thứ tự, thỉnh thoảng thiếu một dòng',
  en: 'a partner answers batches out of order, now and then without one of the rows',
  partners: ['dat-dai'],
  behaviour: { kind: 'shuffled' },
  seconds: 20,
});

/** Away, then so slow that most of what comes within a second waits; then well. */
export const comesBackSlow: Fault = {
  name: 'comes-back-slow',
  vi: 'một cơ quan hỏng 10 s, trở lại nhưng chậm (1,2 s mỗi yêu cầu) 10 s',
  en: 'a partner is down for 10 s and comes back slow (1.2 s a request) for 10 s',
  touches: ['ho-tich'],
  async happen({ partners, forSeconds }) {
    await partners.behave('ho-tich', { kind: 'down' });
    await forSeconds(10);
    await partners.behave('ho-tich', { kind: 'slow', ms: 1_200 });
    await forSeconds(10);
    await partners.behave('ho-tich', { kind: 'ok' });
  },
};
