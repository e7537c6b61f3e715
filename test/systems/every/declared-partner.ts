import { nextCode, otherCase } from '../../journeys/cases.js';
import { eventually } from '../../../libs/wire/src/testing/eventually.js';
import type { Field } from '../field.js';
import { declaredProcedure, registerProcedure } from '../field-files.js';
import { bookAgrees, eachOnce, parkedWith } from '../judge.js';
import type { LosingProxy } from '../losing-proxy.js';
import { wrongName, wrongWords } from '../register.js';
import type { Counted, Step, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

/** A partner that the hub knows by its file alone. */
interface Declared {
  agency: string;
  procedure: string;
  /** Codes that its book has, once for each time that it opened a case. */
  book: (world: Field) => Promise<string[]>;
  finish: (world: Field, code: string) => Promise<unknown>;
  way: (world: Field) => LosingProxy;
  /** Of the call that brings a case. */
  path: RegExp;
  wrong: { name: string; words: string };
}

/** Entered for it by anybody: its whole book is compared with these at the end. */
const due = (world: Field, agency: string, codes: readonly string[]): void =>
  void world.due.set(agency, [...(world.due.get(agency) ?? []), ...codes]);

const untilHeld = (world: Field, { agency, book }: Declared, codes: readonly string[]): Promise<void> =>
  eventually(async () => {
    const held = new Set(await book(world));
    const missing = codes.filter((code) => !held.has(code));
    if (missing.length > 0) throw new Error(`${agency} lacks ${missing.join(', ')}`);
  }, world.patienceMs);

function stepsOf(declared: Declared): Step<Field>[] {
  const { agency, procedure, path, wrong } = declared;
  const enter = async (world: Field, n: number, more: Members = {}): Promise<string[]> => {
    const named = { procedure: { code: procedure, name: 'Thủ tục mẫu' }, ...more };
    return world.enter(
      world.counter,
      Array.from({ length: n }, () => ({ ...otherCase(nextCode()), ...named })),
    );
  };
  const bring = async (world: Field, n: number): Promise<string[]> => {
    const codes = await enter(world, n);
    due(world, agency, codes);
    return codes;
  };
  const eachThere = (world: Field, codes: readonly string[]): Promise<Counted> =>
    eachOnce(world, codes, async () => (await declared.book(world)).filter((code) => codes.includes(code)));
  const refusal = async (world: Field, n: number): Promise<Counted> => {
    const codes = await enter(world, n, { applicant: { name: wrong.name, kind: 'citizen', idNumber: '079200000123' } });
    const applied = (): Promise<string[]> => declared.book(world);
    return parkedWith(world, { agency, words: wrong.words, codes, applied });
  };
  const lostAnswer = async (world: Field, n: number): Promise<Counted> => {
    declared.way(world).lose(n, path);
    const counted = await eachThere(world, await bring(world, n));
    if (declared.way(world).lost === 0) throw new Error('no answer was lost');
    return counted;
  };
  const comesBack = async (world: Field, n: number): Promise<Counted> => {
    const told = await bookFromNow(world.counter, ({ status }) => status === 9);
    const codes = await bring(world, n);
    await untilHeld(world, declared, codes);
    for (const code of codes) await declared.finish(world, code);
    return eachOnce(world, codes, told);
  };
  const row = (kind: Step<Field>['kind'], direction: 'in' | 'out', what: string, run: Step<Field>['run']) => ({ kind, direction, what, run }); // prettier-ignore
  return [
    row('submission', 'out', 'hồ sơ mới trong sổ của nó · in its book', async (world, n) =>
      eachThere(world, await bring(world, n)),
    ),
    row('refusal', 'out', 'nó từ chối họ tên; chờ người với lời của nó · parked with its words', refusal),
    row('lost-answer', 'out', 'mất câu trả lời sau khi ghi sổ · its answer is lost after booking', lostAnswer),
    row('change-of-direction', 'in', 'nó báo xong, sổ của quầy có · what it reports reaches the counter’s book', comesBack), // prettier-ignore
    row('reconciled', 'out', 'cả sổ của nó với mọi hồ sơ đã vào · its whole book and all that was entered', (world) =>
      bookAgrees(world, agency, world.due.get(agency) ?? [], () => declared.book(world)),
    ),
  ];
}

async function ask(world: Field, path: string, method = 'GET'): Promise<unknown> {
  const response = await fetch(`${world.parts.declaredAt}${path}`, { method });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}

const labour: Declared = {
  agency: 'qlld',
  procedure: declaredProcedure,
  book: async (world) =>
    ((await ask(world, '/so-sach')) as { effect: string; so: string }[])
      .filter(({ effect }) => effect === 'new')
      .map(({ so }) => so),
  finish: (world, code) => ask(world, `/xong/${encodeURIComponent(code)}`, 'POST'),
  way: (world) => world.parts.toDeclared,
  path: /\/ho-so$/,
  wrong: { name: 'X'.repeat(101), words: 'Họ tên không đúng' },
};

/** Cases that somebody else entered for it: taken there, and then finished. */
export async function finishedThere(world: Field, codes: readonly string[]): Promise<void> {
  due(world, labour.agency, codes);
  await untilHeld(world, labour, codes);
  for (const code of codes) await labour.finish(world, code);
}

const register: Declared = {
  agency: 'ho-tich',
  procedure: registerProcedure,
  book: (world) => Promise.resolve([...world.parts.register.book]),
  finish: (world, code) => world.parts.register.finish(code),
  way: (world) => world.parts.toRegister,
  path: /\/dang-ky$/,
  wrong: { name: wrongName, words: wrongWords },
};

export const declaredPartner: System<Field> = {
  id: 'qlld',
  what: { vi: 'Một đối tác chỉ mô tả bằng tệp, JSON', en: 'a partner described by its file alone, JSON' },
  protocol: 'http',
  file: 'docs/newcomer/qlld.yaml',
  agency: labour.agency,
  steps: stepsOf(labour),
  without: {},
};

export const declaredInXml: System<Field> = {
  id: 'ho-tich',
  what: { vi: 'Một đối tác chỉ mô tả bằng tệp, SOAP', en: 'a partner described by its file alone, SOAP' },
  protocol: 'http',
  file: 'libs/connectors/src/http-declared/register.fixture.yaml',
  agency: register.agency,
  steps: stepsOf(register),
  without: {},
};
