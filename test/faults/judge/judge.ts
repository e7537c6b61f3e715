import type { Evidence, PartnerName, PartnerTerms } from '../evidence.js';
import { terms } from '../partners/terms.js';
import { crossRead, type CrossRead } from './cross-read.js';
import { saysOfDrains } from './drain-invariant.js';
import { inversions } from './partner-invariants.js';
import { invariants } from './invariants.js';
import { p99After, recovery } from './timing.js';

/** One line of the table. */
export interface Row {
  fault: string;
  /** Events that intake took. */
  entered: number;
  /** Events × partners: deliveries that the partner's own book shows. */
  delivered: number;
  /** Made needless by a newer state or a revocation, and never sent. */
  needless: number;
  /** Waiting for a person, visibly. */
  parked: number;
  lost: number;
  /** Second effects in the partners' books. */
  doubled: number;
  doubledWhereKeysAreKnown: number;
  /** Of the doubled: those for which the ledger has a doubt on record. */
  doubted: number;
  repeated: number;
  outOfOrder: number;
  healthyP99Ratio: number | null;
  recoverySeconds: number | null;
  invariantsChecked: number;
  invariantsBroken: number;
}

export interface Verdict {
  row: Row;
  /** p99, entered to partner, at the partners that nothing happened to; milliseconds. */
  healthyP99: number;
  /** What breaks each broken invariant, and each loss and double without a doubt, in words. */
  findings: { invariant: string; breaks: string[] }[];
  /** Worth knowing, and broken by nothing. */
  notes: string[];
}

export interface Judged {
  fault: string;
  /** Partners whom the fault touches themselves. */
  touched: readonly PartnerName[];
  /** The same load without a fault. */
  baselineP99: number | null;
  /** Invariants that other runs may leave untried, and this one may not. */
  tries?: readonly number[];
}

/** From both sides' books to a row: nothing here asks the hub whether it thinks it did well. */
export function judge(evidence: Evidence, { fault, touched, baselineP99, tries = [] }: Judged): Verdict {
  const read = crossRead(evidence);
  const tried = invariants.filter(({ isTried }) => isTried?.(read) ?? true);
  const untried = tries.filter((number) => !tried.some((one) => one.number === number));
  const broken = tried
    .map(({ number, name, check }) => ({ invariant: `${number}. ${name}`, breaks: check(read) }))
    .filter(({ breaks }) => breaks.length > 0);
  const owed = owedOf(read);
  const doubles = doublesOf(read);
  const lost = owed.filter(({ fate }) => fate === 'lost');
  const undoubted = doubles.filter(({ doubted }) => !doubted);
  const healthyP99 = p99After(read, touched);
  const count = (fate: Owed['fate']): number => owed.filter((one) => one.fate === fate).length;
  const sum = (some: Doubled[]): number => some.reduce((total, { more }) => total + more, 0);
  return {
    healthyP99,
    findings: [
      ...broken,
      ...untried.map((number) => ({ invariant: `${number} was not tried`, breaks: ['nothing that could break it'] })),
      ...(lost.length > 0 ? [{ invariant: 'lost', breaks: lost.map(({ where }) => where) }] : []),
      ...(undoubted.length > 0
        ? [{ invariant: 'doubled without a doubt', breaks: undoubted.map(({ where }) => where) }]
        : []),
    ],
    notes: saysOfDrains(read),
    row: {
      fault,
      entered: read.entered.size,
      delivered: count('delivered'),
      needless: count('needless'),
      parked: count('parked'),
      lost: lost.length,
      doubled: sum(doubles),
      doubledWhereKeysAreKnown: sum(doubles.filter(({ knowsKeys }) => knowsKeys)),
      doubted: sum(doubles.filter(({ doubted }) => doubted)),
      repeated: evidence.books.flatMap((b) => b.arrivals.filter(({ effect }) => effect === 'repeat')).length,
      outOfOrder: inversions(read).length,
      healthyP99Ratio: baselineP99 === null || Number.isNaN(healthyP99) ? null : round(healthyP99 / baselineP99),
      recoverySeconds: recovery(read),
      invariantsChecked: tried.length,
      invariantsBroken: broken.length,
    },
  };
}

interface Owed {
  where: string;
  fate: 'delivered' | 'needless' | 'parked' | 'lost';
}

/** Each event that intake took, at each partner. Open at rest is lost: nobody will ever send it. */
function owedOf(read: CrossRead): Owed[] {
  const waiting = new Set(
    read.evidence.ledger.lanes
      .filter(({ wait }) => wait === 'person')
      .map(({ agency, stream }) => `${agency} ${stream}`),
  );
  return read.evidence.books.flatMap(({ name }) =>
    [...read.entered].map(([eventId, { code, sequence }]): Owed => {
      const where = `${name} ${code} ${sequence}`;
      if (read.effects.get(name)!.has(eventId)) return { where, fate: 'delivered' };
      const delivery = read.delivery(name, eventId);
      if (!delivery) return { where, fate: 'lost' };
      const { state, stream } = delivery;
      if (state === 'superseded' || state === 'closed') return { where, fate: 'needless' };
      // What a parked one holds up is as visible as itself.
      const isParked = state === 'parked' || (state === 'open' && waiting.has(`${name} ${stream}`));
      return { where, fate: isParked ? 'parked' : 'lost' };
    }),
  );
}

interface Doubled {
  where: string;
  more: number;
  knowsKeys: boolean;
  doubted: boolean;
}

function doublesOf(read: CrossRead): Doubled[] {
  const doubted = new Set(
    read.evidence.ledger.attempts
      .filter(({ inDoubt, outcome }) => inDoubt || outcome === 'doubt' || outcome === 'reaped')
      .map(({ agency, stream, sequence }) => `${agency} ${stream} ${sequence}`),
  );
  return [...read.effects].flatMap(([name, effects]) =>
    [...effects]
      .filter(([, all]) => all.length > 1)
      .map(([eventId, all]) => {
        const delivery = read.delivery(name, eventId);
        return {
          where: `${name} ${read.entered.get(eventId)?.code} ${read.entered.get(eventId)?.sequence}`,
          more: all.length - 1,
          knowsKeys: termsOf(name).knowsKeys,
          doubted: delivery !== undefined && doubted.has(`${name} ${delivery.stream} ${delivery.sequence}`),
        };
      }),
  );
}

const termsOf = (name: PartnerName): PartnerTerms => terms.find((of) => of.name === name)!;
const round = (n: number): number => Number(n.toFixed(2));
