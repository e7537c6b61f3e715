import { readFileSync } from 'node:fs';
import type { Field } from '../field.js';
import { eachOnce, reconciled, refusedAtDoor } from '../judge.js';
import type { Counted, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

const sample = JSON.parse(
  readFileSync('apps/sandbox/samples/lltp-gen2-vneid/a-TaoHoSo.request.json', 'utf8'),
) as Members & { toKhai: Members };

/** Received today, as the code that the hub gives says. */
const filing = (more: Members = {}): Members => {
  const [year, month, day] = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10).split('-');
  return { ...sample, ngayTiepNhan: `${day}/${month}/${year}`, toKhai: { ...sample.toKhai, ...more } };
};
const lltpBook = (world: Field) => bookFromNow(world.partner('lltp'), ({ operation }) => operation === 'gui-ho-so');

interface Filed {
  code: string;
  answer: { statusCode: string; errorDetail: string };
}
async function file(world: Field, body: Members): Promise<Filed> {
  const filed = (await world.partner('vneid').ask('POST', '/filings', body)) as Filed;
  world.known.add(filed.code);
  return filed;
}

async function submitted(world: Field, n: number): Promise<{ codes: string[]; counted: Counted }> {
  const book = await lltpBook(world);
  const codes: string[] = [];
  for (let i = 0; i < n; i++) {
    const { code, answer } = await file(world, filing());
    if (answer.statusCode !== '00') throw new Error(`${code}: ${answer.errorDetail}`);
    codes.push(code);
  }
  return { codes, counted: await eachOnce(world, codes, book) };
}

async function refusal(world: Field, n: number): Promise<Counted> {
  const book = await lltpBook(world);
  const answers = [];
  for (let i = 0; i < n; i++) {
    const { code, answer } = await file(world, filing({ nycHoTen: '' }));
    answers.push({ code, words: answer.errorDetail });
  }
  return refusedAtDoor(world, answers, 'Thiếu trường nycHoTen', book);
}

/** It doesn't hear that its case was taken, and files it again under the same code. */
async function lostAnswer(world: Field, n: number): Promise<Counted> {
  const book = await lltpBook(world);
  const vneid = world.partner('vneid');
  const key = await world.hub.key('vneid');
  const codes: string[] = [];
  for (let i = 0; i < n; i++) {
    const given = await fetch(`${world.hub.intake}/partners/vneid/LLTP/LayMaHoSo?CodeGet=${encodeURIComponent(key)}`);
    const code = (await given.json()) as string;
    world.known.add(code);
    world.parts.toIntake.lose(1, /TaoHoSo/);
    const path = `/filings/${encodeURIComponent(code)}`;
    await vneid.ask('POST', path, filing()).catch(() => undefined);
    if (world.parts.toIntake.lost !== 1) throw new Error('the answer was not lost');
    const { answer } = (await vneid.ask('POST', path, filing())) as Filed;
    if (answer.statusCode !== '00') throw new Error(`${code}: ${answer.errorDetail}`);
    codes.push(code);
  }
  return eachOnce(world, codes, book);
}

/** The record that the judicial records issue goes to the app (flow d). */
async function resultReturns(world: Field, n: number): Promise<Counted> {
  const { codes } = await submitted(world, n);
  const book = await bookFromNow(world.partner('vneid'), ({ status }) => status === 9);
  for (const code of codes) await world.partner('lltp').ask('POST', `/cases/${code}/result`, {});
  return eachOnce(world, codes, book);
}

export const vneid: System<Field> = {
  id: 'vneid',
  what: { vi: 'VNeID (nộp: luồng a; trả: luồng d)', en: 'VNeID (files: flow a; is told: flow d)' },
  protocol: 'lltp-vneid',
  file: 'deploy/provinces/demo/agencies-more/vneid.yaml',
  agency: 'vneid',
  steps: [
    {
      kind: 'submission',
      direction: 'in',
      what: '`LayMaHoSo`, `TaoHoSo`; hồ sơ trong sổ của LLTP · in the judicial records’ book',
      run: async (world, n) => (await submitted(world, n)).counted,
    },
    {
      kind: 'refusal',
      direction: 'in',
      what: 'thiếu `nycHoTen`: trả lời bằng lời của nó · answered in its own words',
      run: refusal,
    },
    {
      kind: 'lost-answer',
      direction: 'in',
      what: 'mất câu trả lời của `TaoHoSo`, gửi lại · the answer is lost, it files again',
      run: lostAnswer,
    },
    {
      kind: 'change-of-direction',
      direction: 'out',
      what: '`traKetQuaHoSoLLTP` (9) trong sổ của nó · the result in its book',
      run: resultReturns,
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'vneid') },
  ],
  without: {},
};
