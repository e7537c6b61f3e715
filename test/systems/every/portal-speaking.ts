import type { CaseApplication } from '#wire';
import { outgoing } from '../../../libs/connectors/src/case.fixture.js';
import { nextCode, otherCase } from '../../journeys/cases.js';
import { declaredProcedure } from '../field-files.js';
import type { Field } from '../field.js';
import { bookAgrees, eachOnce, refusedAtDoor } from '../judge.js';
import type { Counted, System } from '../system.js';
import { bookFromNow } from '../world.js';
import { finishedThere } from './declared-partner.js';

const AGENCY = 'mot-cua-cu';
const cases = (world: Field, n: number, more: object = {}): CaseApplication[] =>
  Array.from({ length: n }, () => {
    const made = { ...otherCase(nextCode()), ...more } as unknown as CaseApplication;
    world.known.add(made.code);
    return made;
  });
const portalBook = (world: Field) =>
  bookFromNow(world.partner('cong-dvc'), ({ operation }) => operation === 'DongBoHoSoMC');

async function send(world: Field, one: CaseApplication): Promise<string> {
  return JSON.stringify(await world.parts.portalSpeaking.send(outgoing('received', one)));
}
async function submitted(world: Field, all: readonly CaseApplication[]): Promise<string[]> {
  for (const one of all) {
    const answer = await send(world, one);
    if (!answer.includes('accepted')) throw new Error(`${one.code}: ${answer}`);
  }
  return all.map(({ code }) => code);
}

async function submission(world: Field, n: number): Promise<Counted> {
  const book = await portalBook(world);
  return eachOnce(world, await submitted(world, cases(world, n)), book);
}

/** A day that is none: refused in the portal's words. */
async function refusal(world: Field, n: number): Promise<Counted> {
  const book = await portalBook(world);
  const { portalSpeaking } = world.parts;
  const answers = [];
  for (const one of cases(world, n)) {
    const item = { ...(await portalSpeaking.item(outgoing('received', one))), NgayTiepNhan: '20210231080000' };
    const envelope = { session: await portalSpeaking.logIn(), madonvi: 'H49', service: 'DongBoHoSoMC' };
    const said = await portalSpeaking.post('integration', { ...envelope, isUpdating: 'False', data: [item] });
    answers.push({ code: one.code, words: JSON.stringify(said) });
  }
  return refusedAtDoor(world, answers, 'NgayTiepNhan', book);
}

async function lostAnswer(world: Field, n: number): Promise<Counted> {
  const book = await portalBook(world);
  const all = cases(world, n);
  // A session first: the answer that gets lost is the case's.
  await submitted(world, cases(world, 1));
  for (const one of all) {
    const { toIntake } = world.parts;
    toIntake.lose(1, /\/integration$/);
    await send(world, one);
    if (toIntake.lost !== 1) throw new Error('the answer was not lost');
    const again = await send(world, one);
    if (!again.includes('already-held')) throw new Error(`${one.code}: ${again}`);
  }
  return eachOnce(world, all.map(({ code }) => code), book); // prettier-ignore
}

/** What another agency reports of its case comes to it in its topic. */
async function toldInItsTopic(world: Field, n: number): Promise<Counted> {
  const procedure = { code: declaredProcedure, name: 'Thủ tục mẫu' };
  const codes = await submitted(world, cases(world, n, { procedure }));
  await finishedThere(world, codes);
  return eachOnce(
    world,
    codes.map((code) => `${code} status-changed 2`),
    () =>
      // prettier-ignore
      Promise.resolve(world.parts.consumers.held(AGENCY).filter((key) => codes.includes(key.split(' ')[0]!))),
  );
}

/** Everything that others said of its cases, and its topic's own book. */
async function reconciledThere(world: Field): Promise<Counted> {
  const due = await world.hub.rows<{ key: string }>(
    `select a.code || ' ' || split_part(e.type, '.', 4) || ' ' || e.sequence as key
     from events e join aliases a using (stream_id) join events first on first.stream_id = e.stream_id and first.sequence = 1
     where first.sender = $1 and e.sender <> $1`,
    [AGENCY],
  );
  const book = () => Promise.resolve(world.parts.consumers.held(AGENCY));
  return bookAgrees(world, AGENCY, due.map(({ key }) => key), book); // prettier-ignore
}

export const portalSpeaking: System<Field> = {
  id: 'mot-cua-cu',
  what: {
    vi: 'Một cửa chỉ nói giao thức của Cổng (`/partners/mot-cua-cu`)',
    en: 'a one-stop that speaks the portal’s protocol only',
  },
  protocol: 'topic',
  file: 'test/journeys/agencies-portal-speaking/mot-cua-cu.yaml',
  agency: AGENCY,
  steps: [
    { kind: 'submission', direction: 'in', what: 'hồ sơ trong sổ của Cổng · in the portal’s book', run: submission },
    {
      kind: 'refusal',
      direction: 'in',
      what: '`NgayTiepNhan` sai: trả lời bằng lời của Cổng · refused in the portal’s words',
      run: refusal,
    },
    {
      kind: 'lost-answer',
      direction: 'in',
      what: 'mất câu trả lời của cửa, gửi lại · the door’s answer is lost, it sends again',
      run: lostAnswer,
    },
    {
      kind: 'change-of-direction',
      direction: 'out',
      what: 'trạng thái của cơ quan khác, trong sổ mà nó ghi từ topic · another agency’s status, in its book',
      run: toldInItsTopic,
    },
    {
      kind: 'reconciled',
      direction: 'out',
      what: 'cả sổ của nó với sổ cái · its whole book and the ledger',
      run: reconciledThere,
    },
  ],
  without: {},
};
