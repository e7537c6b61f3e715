import { textFaults } from '#domain';
import { validatePayload, type EventPayloads, type Fault, type ToldFact, type ToldType } from '#wire';
import type { Database } from '../database.js';
import { today } from '../hub-clock.js';
import { enterFacts, type Fact, type FactEntry } from './enter-facts.js';

type Kept = { at: string; about: string };

/** What is kept beside a payload is read from it, so that nobody can say otherwise. Only what opens a stream is counted under something. */
const keptOf: { readonly [T in ToldType]: (data: EventPayloads[T]) => Kept } = {
  'vn.lienthong.payment.requested.v1': ({ requestedAt, purpose }) => ({ at: requestedAt, about: purpose }),
  'vn.lienthong.payment.settled.v1': ({ at }) => ({ at, about: '' }),
  'vn.lienthong.petition.received.v1': ({ receivedAt }) => ({ at: receivedAt, about: 'petition' }),
  'vn.lienthong.petition.answered.v1': ({ at }) => ({ at, about: '' }),
  'vn.lienthong.procedure.listed.v1': ({ at }) => ({ at, about: 'procedure' }),
  'vn.lienthong.account.opened.v1': ({ at }) => ({ at, about: 'account' }),
  'vn.lienthong.unit.listed.v1': ({ at, form }) => ({ at, about: form }),
};

type Read = { fact: Fact } | { faults: Fault[] };

/**
 * Facts as an agency tells them, checked one by one and entered together; answers stand in their order. Paths of faults begin
 * at the fact: `/data/amount`.
 */
export async function enterTold(db: Database, sender: string, told: readonly ToldFact[]): Promise<FactEntry[]> {
  const read = told.map((one) => readTold(sender, one));
  const facts = read.flatMap((one) => ('fact' in one ? [one.fact] : []));
  const entered = (facts.length > 0 ? await enterFacts(db, facts) : []).values();
  return read.map((one): FactEntry => {
    if ('faults' in one) return { outcome: 'refused', faults: one.faults };
    const entry = entered.next().value!;
    return entry.outcome === 'refused' ? { ...entry, faults: inData(entry.faults) } : entry;
  });
}

function readTold(sender: string, told: ToldFact): Read {
  const { key, type, code, data } = told;
  const badText = textFaults({ key, code, data });
  if (badText.length > 0) return { faults: badText };
  const faults = validatePayload(type, data);
  if (faults.length > 0) return { faults: inData(faults) };
  const { at, about } = (keptOf[type] as (data: object) => Kept)(data);
  return { fact: { sender, key, type, code, data, on: today(new Date(at)), about } as Fact };
}

const inData = (faults: readonly Fault[]): Fault[] =>
  faults.map((fault) => ({ ...fault, path: `/data${fault.path === '/' ? '' : fault.path}` }));
