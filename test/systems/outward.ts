import { eventually } from '../../libs/wire/src/testing/eventually.js';
import type { BookLine, StandIn } from '../journeys/hub.js';
import { eachOnce, parkedWith } from './judge.js';
import type { Counted, Step } from './system.js';
import { bookFromNow, type Members, type World } from './world.js';

/** A partner that takes cases, with a stand-in of its own. */
export interface Taking<W extends World> {
  agency: string;
  counter: (world: W) => StandIn;
  /** A new case that this partner must get. */
  newCase: () => Members;
  /** The call that brings it, as the partner's book names it. */
  operation: string;
  /** A case whose data it refuses, once the rule is in force. */
  badCase: () => Members;
  rule: { path: string; equals: string; text: string };
  /** Where the partner knows a case by a code of its own. */
  codesThere?: (world: W, codes: readonly string[]) => Promise<string[]>;
}

const many = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
const arrives =
  (operation: string) =>
  (line: BookLine): boolean =>
    line.operation === operation;

/** Cases brought to a partner, refused by it for their data, and brought although its answer got lost. */
export function outward<W extends World>(taking: Taking<W>): Step<W>[] {
  const { agency, operation, rule } = taking;
  const enter = async (world: W, cases: Members[]): Promise<{ codes: string[]; keys: string[] }> => {
    const codes = await world.enter(taking.counter(world), cases);
    const keys = (await taking.codesThere?.(world, codes)) ?? codes;
    for (const key of keys) world.known.add(key);
    return { codes, keys };
  };
  /** Good cases: the whole book is compared with them at the end. */
  const bring = async (world: W, n: number): Promise<string[]> => {
    const { keys } = await enter(world, many(n, taking.newCase));
    world.due.set(agency, [...(world.due.get(agency) ?? []), ...keys]);
    return keys;
  };
  const submission = async (world: W, n: number): Promise<Counted> => {
    const book = await bookFromNow(world.partner(agency), arrives(operation));
    return eachOnce(world, await bring(world, n), book);
  };
  const refusal = async (world: W, n: number): Promise<Counted> => {
    const partner = world.partner(agency);
    await partner.faults({ refuseField: rule, when: { operation } });
    const refused = await bookFromNow(partner, arrives(operation), 'refused');
    const applied = await bookFromNow(partner, arrives(operation));
    const { codes, keys } = await enter(world, many(n, taking.badCase));
    return parkedWith(world, { agency, words: rule.text, codes, keys, refused, applied });
  };
  const lostAnswer = async (world: W, n: number): Promise<Counted> => {
    const partner = world.partner(agency);
    await partner.faults({ loseAnswer: n, when: { operation } });
    const book = await bookFromNow(partner, arrives(operation));
    const keys = await bring(world, n);
    await struck(partner);
    return eachOnce(world, keys, book);
  };
  return [
    { kind: 'submission', direction: 'out', what: `\`${operation}\` trong sổ của nó · in its book`, run: submission },
    {
      kind: 'refusal',
      direction: 'out',
      what: `nó từ chối vì \`${rule.path}\`; chờ người với lời của nó · parked with its words`,
      run: refusal,
    },
    {
      kind: 'lost-answer',
      direction: 'out',
      what: `mất câu trả lời của \`${operation}\` · its answer is lost after booking`,
      run: lostAnswer,
    },
  ];
}

/** At least one answer really got lost: else the step has shown nothing. */
export const struck = (partner: StandIn): Promise<void> =>
  eventually(async () => {
    const { faults } = (await partner.ask('GET', '/faults')) as { faults: { hits: number }[] };
    if (!faults.some(({ hits }) => hits > 0)) throw new Error(`${partner.name}: the fault struck nothing`);
  });
