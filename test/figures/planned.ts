import { partsThatFit } from '#domain';
import { publishedOf, quotasFor, total } from '../../apps/sandbox/src/year/quotas.js';
import { loadProvinceYear } from '../../apps/sandbox/src/year/province-year.js';
import { published } from './published.js';

export const centre = 'Uông Bí, city centre';
export const communes = 'Uông Bí, communes';
export const town = 'Uông Bí';
export const tayNinh = 'Tây Ninh';

export const centreYear = loadProvinceYear();

/** How many of everything a run makes: the whole is what the sources say, a part of it is in proportion. */
export interface Planned {
  /** Cases of the centre, the carried-over among them; how many end how, YearPlan decides. */
  centre: { cases: number; carriedOver: number; resolved: number; early: number };
  communes: { received: number; resolved: number; early: number; pastDue: number };
  payments: { asked: number; amount: number; succeeded: number; amountSucceeded: number };
  accounts: number;
  petitions: { received: number; answered: number; inTime: number };
}

/** Every count of which the source says only a share is our choice: the middle of what fits, said in each note. */
export function plannedFor(cases: number = published(`${centre}: cases received`)): Planned {
  const share = cases / published(`${centre}: cases received`);
  const part = (key: string): number => Math.max(1, Math.round(published(key) * share));
  const { outcomes, carriedJudicial, carriedOther } = quotasFor(centreYear, cases);
  const received = part(`${communes}: cases received`);
  const resolved = Math.min(received, part(`${communes}: cases resolved`));
  const asked = part(`${tayNinh}: land-finance payments online`);
  const answered = part(`${tayNinh}: petitions handled`);
  const fits = partsThatFit(published(`${tayNinh}: questions answered in time`), answered, 0);
  return {
    centre: {
      cases,
      carriedOver: total(carriedJudicial) + total(carriedOther),
      resolved: outcomes.early + outcomes.onTheDay,
      early: outcomes.early,
    },
    communes: {
      received,
      resolved,
      early: Math.round(resolved * 0.9),
      pastDue: Math.floor((received - resolved) / 10),
    },
    payments: {
      asked,
      amount: share === 1 ? published(`${tayNinh}: their sum`) : Math.round(published(`${tayNinh}: their sum`) * share),
      succeeded: Math.min(asked - 1, part(`${tayNinh}: of them successful`)),
      amountSucceeded: Math.round(published(`${tayNinh}: sum of the successful`) * share),
    },
    accounts: part(`${tayNinh}: accounts in the province's app`),
    petitions: {
      received: answered + part(`${tayNinh}: petitions being handled`),
      answered,
      inTime: fits ? Math.floor((fits.least + fits.most) / 2) : answered,
    },
  };
}

export const publishedEarly = publishedOf(centreYear)('early');
