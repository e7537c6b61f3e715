import type { Fact } from '#ledger';
import type { UnitListed } from '#wire';
import { largestRemainder } from '../../../apps/sandbox/src/year/largest-remainder.js';
import { Chance } from '../../../apps/sandbox/src/year/random.js';
import { tayNinh, type Planned } from '../planned.js';
import { published } from '../published.js';
import { listings } from './listings.js';

const SEED = 2022;
export const tayNinhSender = 'tay-ninh';
export const hoaBinhSender = 'hoa-binh';
export const landPeriod = { from: '2021-01-01', to: '2022-05-23' };
export const appPeriod = { from: '2021-01-01', to: '2022-05-31' };

const dayMs = 86_400_000;
const dayIn = ({ from, to }: typeof landPeriod, chance: Chance): string => {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  return new Date(Date.parse(from) + chance.between(0, days) * dayMs).toISOString().slice(0, 10);
};

/** Amounts in the way of land finance, a few large; each sum is exact to the đồng. */
function amountsOf(count: number, sum: number, purpose: string): number[] {
  const least = Math.min(1_000, Math.floor(sum / Math.max(1, count)));
  const weights = Array.from({ length: count }, (_, n) => (0.02 + new Chance(SEED, purpose, n).share()) ** 3);
  return largestRemainder(weights, sum - least * count).map((more) => least + more);
}

/** Half of what didn't succeed failed, of the other half nothing more was heard. */
export function* payments({ payments: { asked, amount, succeeded, amountSucceeded } }: Planned): Generator<Fact[]> {
  const amounts = [
    ...amountsOf(succeeded, amountSucceeded, 'paid'),
    ...amountsOf(asked - succeeded, amount - amountSucceeded, 'unpaid'),
  ];
  for (const [n, sum] of amounts.entries()) {
    const day = dayIn(landPeriod, new Chance(SEED, 'payment', n));
    const code = `TTD-${String(n + 1).padStart(5, '0')}`;
    const common = { sender: tayNinhSender, code, on: day, about: 'land' };
    const facts: Fact[] = [
      {
        ...common,
        key: `${code}/asked`,
        type: 'vn.lienthong.payment.requested.v1',
        data: { code, purpose: 'land', amount: sum, requestedAt: `${day}T09:00:00+07:00` },
      },
    ];
    const outcome = n < succeeded ? 'succeeded' : n % 2 === 0 ? 'failed' : null;
    if (outcome !== null)
      facts.push({
        ...common,
        key: `${code}/settled`,
        type: 'vn.lienthong.payment.settled.v1',
        data: { outcome, amount: outcome === 'succeeded' ? sum : 0, at: `${day}T09:05:00+07:00` },
      });
    yield facts;
  }
}

/** Due after 14 days; answered on the third, or three days late. */
export function* petitions({ petitions: { received, answered, inTime } }: Planned): Generator<Fact[]> {
  const after = (day: string, days: number): string =>
    new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
  for (let n = 0; n < received; n++) {
    const day = dayIn({ from: '2021-01-01', to: '2022-05-13' }, new Chance(SEED, 'petition', n));
    const code = `PAKN-${String(n + 1).padStart(5, '0')}`;
    const common = { sender: tayNinhSender, code, on: day, about: 'petition' };
    const facts: Fact[] = [
      {
        ...common,
        key: code,
        type: 'vn.lienthong.petition.received.v1',
        data: { code, receivedAt: `${day}T09:00:00+07:00`, dueAt: `${after(day, 14)}T17:00:00+07:00` },
      },
    ];
    if (n < answered)
      facts.push({
        ...common,
        key: `${code}/answered`,
        type: 'vn.lienthong.petition.answered.v1',
        data: { at: `${after(day, n < inTime ? 3 : 17)}T10:00:00+07:00` },
      });
    yield facts;
  }
}

export function* accounts(planned: Planned): Generator<Fact[]> {
  for (let n = 0; n < planned.accounts; n++) {
    const day = dayIn(appPeriod, new Chance(SEED, 'account', n));
    const code = `TK-${String(n + 1).padStart(6, '0')}`;
    const data = { code, at: `${day}T09:00:00+07:00` };
    yield [
      { sender: tayNinhSender, key: code, type: 'vn.lienthong.account.opened.v1', code, data, on: day, about: 'app' },
    ];
  }
}

/** Level-4 services, the communes, and in Hòa Bình the fields of which some procedures are linked between agencies. */
export function* lists(): Generator<Fact[]> {
  const onPortal = published(`${tayNinh}: services integrated on the national portal`);
  yield* listings(tayNinhSender, published(`${tayNinh}: services in all (level 4)`), (n) => ({
    link: 'none',
    onlineLevel: 4,
    onPortal: n < onPortal,
  }));
  yield* units();
  const fields = published('Hòa Bình: fields with an inter-agency one-stop rule');
  yield* listings(
    hoaBinhSender,
    fields * 3,
    (n) => ({
      field: `Lĩnh vực Mẫu ${(n % (fields + 3)) + 1}`,
      link: n % (fields + 3) < fields ? 'horizontal' : 'none',
      onlineLevel: 2,
      onPortal: false,
    }),
    '2017-01-03',
  );
}

/** The source's own parts, in its note. */
const unitForms = { commune: 71, ward: 17, township: 6 } as const satisfies Record<UnitListed['form'], number>;

function* units(): Generator<Fact[]> {
  const forms = Object.entries(unitForms).flatMap(([form, count]) => Array<UnitListed['form']>(count).fill(form as UnitListed['form'])); // prettier-ignore
  for (const [n, form] of forms.entries()) {
    const code = `tay-ninh.${String(n + 1).padStart(3, '0')}`;
    const data: UnitListed = { code, name: `Đơn vị Mẫu ${n + 1}`, form, at: '2021-01-04T08:00:00+07:00' };
    yield [
      { sender: tayNinhSender, key: code, type: 'vn.lienthong.unit.listed.v1', code, data, on: '2021-01-04', about: form }, // prettier-ignore
    ];
  }
}
