import { otherCase } from '../../journeys/cases.js';
import { eachOnce, reconciled, refusedAtDoor } from '../judge.js';
import type { Levels } from '../levels.js';
import { outward } from '../outward.js';
import type { Counted, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

const threeLevels = '2.001263';
const twoLevels = '2.000575';
const received = 'vn.lienthong.case.received.v1';
const wrongSummary = 'TRÍCH YẾU SAI';
const at = '2025-06-20T08:20:00+07:00';
let serial = 0;

/** Entered in the commune. */
const newCase = (procedure: string, more: Members = {}): Members => ({
  ...otherCase(`H99.30.25-250620-${String(++serial).padStart(4, '0')}`),
  procedure: { code: procedure, name: 'Thủ tục mẫu' },
  unit: { code: 'H99.30.25', name: 'Xã Mẫu Một' },
  submittedAt: '2025-06-20T07:55:00+07:00',
  receivedAt: '2025-06-20T08:00:00+07:00',
  dueAt: '2025-07-10T08:00:00+07:00',
  ...more,
});
const many = (n: number, procedure: string, more?: Members): Members[] =>
  Array.from({ length: n }, () => newCase(procedure, more));
const commune = (world: Levels) => world.partner('mot-cua-xa');
const bookOf = (world: Levels, id: string) => bookFromNow(world.partner(id), ({ operation }) => operation === received);

/** All three levels: the district's book and the province's. */
async function upTheRoute(world: Levels, n: number): Promise<Counted> {
  const above = ['mot-cua-huyen', 'mot-cua'];
  const books = await Promise.all(above.map((id) => bookOf(world, id)));
  const codes = await world.enter(commune(world), many(n, threeLevels));
  const both = async (): Promise<string[]> =>
    (await Promise.all(books.map(async (book, i) => (await book()).map((code) => `${code} ${above[i]}`)))).flat();
  return eachOnce(world, codes.flatMap((code) => above.map((id) => `${code} ${id}`)), both); // prettier-ignore
}

async function refusedByTheHub(world: Levels, n: number): Promise<Counted> {
  const book = await bookOf(world, 'mot-cua-huyen');
  const codes = await world.enter(commune(world), many(n, twoLevels, { receivedAt: '20/06/2025' }), 'refused');
  const answers = await Promise.all(
    codes.map(async (code) => ({ code, words: JSON.stringify(await world.submission(commune(world), code, code)) })),
  );
  return refusedAtDoor(world, answers, 'invalid-payload', book);
}

/** The commune's system doesn't hear the hub's answer, and sends the same again by itself. */
async function hubsAnswerLost(world: Levels, n: number): Promise<Counted> {
  const book = await bookOf(world, 'mot-cua-huyen');
  world.toIntake.lose(n, /\/v1\/cases$/);
  const codes = await world.enter(commune(world), many(n, twoLevels));
  if (world.toIntake.lost === 0) throw new Error('no answer was lost');
  return eachOnce(world, codes, book);
}

/** What one level says of the commune's case reaches the commune's book. */
const comesBack =
  (from: string, procedure: string, type: string, data: Members & { status: number }) =>
  async (world: Levels, n: number): Promise<Counted> => {
    const there = await bookOf(world, from);
    const codes = await world.enter(commune(world), many(n, procedure));
    await eachOnce(world, codes, there);
    const book = await bookFromNow(commune(world), ({ status }) => status === data.status);
    for (const code of codes) await world.report(world.partner(from), code, type, { at, ...data });
    return eachOnce(world, codes, book);
  };

const file = (id: string): string => `deploy/provinces/ba-cap/agencies/${id}.yaml`;

export const communeOneStop: System<Levels> = {
  id: 'mot-cua-xa',
  what: { vi: 'Một cửa, cấp xã, theo tuyến', en: 'one-stop of a commune, by routes' },
  protocol: 'one-stop',
  file: file('mot-cua-xa'),
  agency: 'mot-cua-xa',
  steps: [
    {
      kind: 'submission',
      direction: 'in',
      what: 'hồ sơ ba cấp, trong sổ của huyện và của tỉnh · in the books of district and province',
      run: upTheRoute,
    },
    {
      kind: 'refusal',
      direction: 'in',
      what: 'ngày viết sai: quầy được báo `invalid-payload` · the counter is told',
      run: refusedByTheHub,
    },
    {
      kind: 'refusal',
      direction: 'out',
      what: 'huyện từ chối (3), sổ của xã có · the district’s refusal is in its book',
      run: comesBack('mot-cua-huyen', twoLevels, 'status-changed', { status: 3, reason: 'Thiếu giấy tờ' }),
    },
    {
      kind: 'lost-answer',
      direction: 'in',
      what: 'mất câu trả lời của trục, nó tự gửi lại · the hub’s answer is lost, it sends again',
      run: hubsAnswerLost,
    },
    {
      kind: 'change-of-direction',
      direction: 'out',
      what: 'kết quả của tỉnh, sổ của xã có · the province’s result is in its book',
      run: comesBack('mot-cua', threeLevels, 'result-issued', { status: 9, documents: [] }),
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'mot-cua-xa') },
  ],
  without: {},
};

export const districtOneStop: System<Levels> = {
  id: 'mot-cua-huyen',
  what: { vi: 'Một cửa, cấp huyện (đến 30/6/2025), theo tuyến', en: 'one-stop of a district, by routes' },
  protocol: 'one-stop',
  file: file('mot-cua-huyen'),
  agency: 'mot-cua-huyen',
  steps: [
    ...outward<Levels>({
      agency: 'mot-cua-huyen',
      counter: commune,
      newCase: () => newCase(twoLevels),
      operation: received,
      badCase: () => newCase(twoLevels, { summary: wrongSummary }),
      rule: { path: 'data.summary', equals: wrongSummary, text: 'Trích yếu không đúng mẫu' },
    }),
    {
      kind: 'change-of-direction',
      direction: 'in',
      what: 'nó đang xử lý (4), sổ của xã có · its status is in the commune’s book',
      run: comesBack('mot-cua-huyen', twoLevels, 'status-changed', { status: 4 }),
    },
    {
      kind: 'reconciled',
      direction: 'out',
      what: '`reconcile run`',
      run: (world) => reconciled(world, 'mot-cua-huyen'),
    },
  ],
  without: {},
};
