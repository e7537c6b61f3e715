import { judicialRecordCase, nextCode, otherCase } from '../../journeys/cases.js';
import type { Field } from '../field.js';
import { eachOnce, reconciled, refusedAtDoor } from '../judge.js';
import { struck } from '../outward.js';
import type { Counted, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

const many = (n: number, make: (code: string) => Members): Members[] =>
  Array.from({ length: n }, () => make(nextCode()));
const portalBook = (world: Field) =>
  bookFromNow(world.partner('cong-dvc'), ({ operation }) => operation === 'DongBoHoSoMC');

async function submission(world: Field, n: number): Promise<Counted> {
  const book = await portalBook(world);
  return eachOnce(world, await world.enter(world.counter, many(n, otherCase)), book);
}

/** The counter has typed a day that is none. */
async function refusedByTheHub(world: Field, n: number): Promise<Counted> {
  const book = await portalBook(world);
  const wrong = many(n, (code) => ({ ...otherCase(code), receivedAt: '31/05/2021' }));
  const codes = await world.enter(world.counter, wrong, 'refused');
  const answers = await Promise.all(
    codes.map(async (code) => ({ code, words: JSON.stringify(await world.submission(world.counter, code, code)) })),
  );
  return refusedAtDoor(world, answers, 'invalid-payload', book);
}

/** What the judicial records say of a case reaches the counter that entered it. */
const told =
  (status: number, reason?: string, prepare?: (world: Field, n: number) => Promise<void>) =>
  async (world: Field, n: number): Promise<Counted> => {
    const lltp = world.partner('lltp');
    const there = await bookFromNow(lltp);
    const codes = await world.enter(world.counter, many(n, judicialRecordCase));
    await eachOnce(world, codes, there);
    const book = await bookFromNow(world.counter, (line) => line.status === status);
    await prepare?.(world, n);
    for (const code of codes)
      await lltp.ask('POST', `/cases/${code}/status`, { status, ...(reason ? { reason } : {}) });
    if (prepare) await struck(world.counter);
    return eachOnce(world, codes, book);
  };

export const provinceOneStop: System<Field> = {
  id: 'mot-cua',
  what: { vi: 'Một cửa, cấp tỉnh', en: 'one-stop of the province' },
  protocol: 'one-stop',
  file: 'test/journeys/agencies-filed-online/mot-cua.yaml',
  agency: 'mot-cua',
  steps: [
    { kind: 'submission', direction: 'in', what: 'hồ sơ trong sổ của Cổng · in the portal’s book', run: submission },
    {
      kind: 'refusal',
      direction: 'in',
      what: 'ngày viết sai: quầy được báo `invalid-payload` · the counter is told',
      run: refusedByTheHub,
    },
    {
      kind: 'refusal',
      direction: 'out',
      what: 'LLTP từ chối (3), sổ của quầy có · a refusal reaches the counter’s book',
      run: told(3, 'Không thuộc thẩm quyền'),
    },
    {
      kind: 'lost-answer',
      direction: 'out',
      what: 'mất câu trả lời của quầy · the counter’s answer is lost after booking',
      run: told(4, undefined, (world, n) =>
        world.counter.faults({ loseAnswer: n, when: { operation: 'vn.lienthong.case.status-changed.v1' } }),
      ),
    },
    {
      kind: 'change-of-direction',
      direction: 'out',
      what: 'LLTP đang xử lý (4), sổ của quầy có · a status reaches the counter’s book',
      run: told(4),
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'mot-cua') },
  ],
  without: {},
};
