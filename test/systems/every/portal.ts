import { nextCode, otherCase } from '../../journeys/cases.js';
import { filedForm, nextPortalCode } from '../../journeys/filed-form.js';
import type { Field } from '../field.js';
import { eachOnce, reconciled, refusedAtDoor } from '../judge.js';
import { outward } from '../outward.js';
import type { Counted, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

const wrongSummary = 'TRÍCH YẾU SAI';
const filing = (more: Members = {}): Members => filedForm(nextPortalCode(), { TaiLieuNop: [], ...more });

async function fileOne(world: Field, body: Members): Promise<{ code: string; words: string }> {
  const code = String(body.MaHoSo);
  world.known.add(code);
  const response = await fetch(`${world.parts.toIntake.url}/partners/cong-dvc/filed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await world.hub.key('cong-dvc')}` },
    body: JSON.stringify(body),
  });
  return { code, words: await response.text() };
}
const filings = (n: number, more?: Members): Members[] => Array.from({ length: n }, () => filing(more));
const counterBook = (world: Field) =>
  bookFromNow(world.counter, ({ operation }) => operation === 'vn.lienthong.case.received.v1');

async function filed(world: Field, n: number): Promise<{ codes: string[]; counted: Counted }> {
  const book = await counterBook(world);
  const codes: string[] = [];
  for (const body of filings(n)) codes.push((await fileOne(world, body)).code);
  return { codes, counted: await eachOnce(world, codes, book) };
}

async function refused(world: Field, n: number): Promise<Counted> {
  const book = await counterBook(world);
  const answers = [];
  for (const body of filings(n, { MaTTHC: '' })) answers.push(await fileOne(world, body));
  return refusedAtDoor(world, answers, 'Thiếu trường MaTTHC', book);
}

/** The portal doesn't hear that its case was taken, and hands it in again. */
async function answerLost(world: Field, n: number): Promise<Counted> {
  const book = await counterBook(world);
  const codes: string[] = [];
  for (const body of filings(n)) {
    world.parts.toIntake.lose(1, /\/filed$/);
    const first = await fileOne(world, body).catch(() => undefined);
    if (first) throw new Error('the answer was not lost');
    codes.push((await fileOne(world, body)).code);
  }
  return eachOnce(world, codes, book);
}

async function toldWhereItStands(world: Field, n: number): Promise<Counted> {
  const { codes } = await filed(world, n);
  const book = await bookFromNow(
    world.partner('cong-dvc'),
    ({ operation, status }) => operation === 'DongBoTrangThaiHoSo' && status === 4,
  );
  for (const code of codes)
    for (const status of [2, 4])
      await world.report(world.counter, code, 'status-changed', { status, at: '2025-08-13T08:00:00+07:00' });
  return eachOnce(world, codes, book);
}

export const nationalPortal: System<Field> = {
  id: 'cong-dvc',
  what: { vi: 'Cổng Dịch vụ công quốc gia, hai chiều', en: 'national portal, both ways' },
  protocol: 'national-portal',
  file: 'test/journeys/agencies-filed-online/cong-dvc.yaml',
  agency: 'cong-dvc',
  steps: [
    ...outward<Field>({
      agency: 'cong-dvc',
      counter: (world) => world.counter,
      newCase: () => otherCase(nextCode()),
      operation: 'DongBoHoSoMC',
      badCase: () => ({ ...otherCase(nextCode()), summary: wrongSummary }),
      rule: { path: 'TrichYeuHoSo', equals: wrongSummary, text: 'Trích yếu không đúng mẫu' },
    }),
    {
      kind: 'submission',
      direction: 'in',
      what: 'hồ sơ nộp trên Cổng, trong sổ của một cửa · filed there, in the counter’s book',
      run: async (world, n) => (await filed(world, n)).counted,
    },
    {
      kind: 'refusal',
      direction: 'in',
      what: 'thiếu `MaTTHC`: trả lời bằng lời của Cổng · answered in its own words',
      run: refused,
    },
    {
      kind: 'lost-answer',
      direction: 'in',
      what: 'Cổng không nghe được, gửi lại · it doesn’t hear the answer and hands it in again',
      run: answerLost,
    },
    {
      kind: 'change-of-direction',
      direction: 'out',
      what: '`DongBoTrangThaiHoSo` của hồ sơ nộp ở Cổng · it is told where its own case stands',
      run: toldWhereItStands,
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'cong-dvc') },
  ],
  without: {},
};
