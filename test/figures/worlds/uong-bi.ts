import type { EntryItem, Fact } from '#ledger';
import type { ProcedureLink, ProcedureListed } from '#wire';
import { YearPlan, type PlacedCase } from '../../../apps/sandbox/src/year/plan-year.js';
import { Chance, permutation } from '../../../apps/sandbox/src/year/random.js';
import { centre, centreYear, communes, town, type Planned } from '../planned.js';
import { published } from '../published.js';
import { CaseCodes, eventsOf, type SeedCase } from './case-events.js';
import { listings } from './listings.js';

const SEED = 2021;
export const centreSender = 'uong-bi-trung-tam';
/** The cases that only the other reading of "580 carried over" has. */
export const extraSender = 'uong-bi-trung-tam-580';
export const communesSender = 'uong-bi-xa-phuong';

/** The year of `apps/sandbox/src/year`, the one that the main job replays: same cases, days and ends. */
export function* centreCases(planned: Planned): Generator<EntryItem[]> {
  const plan = new YearPlan(centreYear, planned.centre.cases, SEED);
  const codes = new CaseCodes();
  for (let index = 0; index < plan.cases; index++) yield eventsOf(centreCase(plan, plan.caseAt(index), codes));
}

function centreCase(plan: YearPlan, placed: PlacedCase, codes: CaseCodes): SeedCase {
  const { year, first, last } = plan;
  const chance = new Chance(SEED, 'end', placed.index);
  const received = year.calendar.day(placed.received);
  const earliest = Math.max(placed.received, first);
  const end = placed.outcome === 'onTheDay' ? placed.due : chance.between(earliest, Math.min(placed.due - 1, last));
  return {
    sender: centreSender,
    code: codes.next(year.unit.code, received),
    procedure: { code: placed.procedure.code, name: placed.procedure.name },
    unit: year.unit,
    province: year.province,
    channel: chance.happens(year.shares.online) ? 'online' : 'counter',
    received,
    due: year.calendar.day(placed.due),
    ...(placed.outcome === 'open' ? {} : { finished: year.calendar.day(end) }),
  };
}

/** If the 580 come on top of the 129,023 of the year, as many more are left at its end. */
export function* extraCases(planned: Planned): Generator<EntryItem[]> {
  const plan = new YearPlan(centreYear, planned.centre.cases, SEED);
  const { calendar, unit, province, procedures } = centreYear;
  const codes = new CaseCodes();
  for (let n = 0; n < planned.centre.carriedOver; n++) {
    const place = plan.last - (n % 20);
    const received = calendar.day(place);
    yield eventsOf({
      sender: extraSender,
      code: codes.next(unit.code, received, 9_000),
      procedure: { code: procedures[n % procedures.length]!.code, name: procedures[n % procedures.length]!.name },
      unit,
      province,
      channel: 'counter',
      received,
      due: calendar.day(plan.last + 5),
    });
  }
}

/** Ten wards and communes; terms of 3 to 15 working days. None of the resolved is overdue; of the open ones some are past due. */
export function* communeCases({ communes: counts }: Planned): Generator<EntryItem[]> {
  const { calendar, province, year } = centreYear;
  const [first, last] = [calendar.placeFrom(`${year}-01-01`), calendar.placeFrom(`${year + 1}-01-01`) - 1];
  const codes = new CaseCodes();
  const mixed = permutation(counts.received, SEED, 'communes');
  for (let n = 0; n < counts.received; n++) {
    const chance = new Chance(SEED, 'commune', n);
    const rank = mixed(n);
    const term = chance.between(3, 15);
    const isOpen = rank >= counts.resolved;
    const isPastDue = rank >= counts.received - counts.pastDue;
    const latest = isOpen && !isPastDue ? last : last - term;
    const place = isOpen && !isPastDue ? chance.between(last - term + 1, latest) : chance.between(first, latest);
    const received = calendar.day(place);
    const unit = chance.between(1, 10);
    const end = rank < counts.early ? chance.between(place, place + term - 1) : place + term;
    yield eventsOf({
      sender: communesSender,
      code: codes.next(`0${String(unit).padStart(2, '0')}.00.UB.H49`, received),
      procedure: { code: communeCode(n % published(`${communes}: procedures handled`)), name: 'Thủ tục cấp xã Mẫu' },
      unit: { code: `0${String(unit).padStart(2, '0')}.00.UB.H49`, name: `Phường Mẫu ${unit}` },
      province,
      channel: 'counter',
      received,
      due: calendar.day(place + term),
      ...(isOpen ? {} : { finished: calendar.day(end) }),
    });
  }
}

const communeCode = (n: number): string => `8.${String(n + 1).padStart(6, '0')}`;

/** The list of procedures at the centre, and that of the communes. */
export function* procedureLists(): Generator<Fact[]> {
  const all = published(`${centre}: procedures handled at the centre`);
  const links = [
    ['three-level', published(`${centre}: linked over three levels`)],
    ['two-level', published(`${centre}: linked over two levels`)],
    ['horizontal', published(`${centre}: linked horizontally (department and vertical agency)`)],
    ['vertical', published(`${centre}: vertical agencies' procedures received at the centre`)],
  ] as const;
  const online = published(`${town}: online at level 3 or 4`);
  const fully = published(`${town}: online at level 4`);
  const onPortal = published(`${town}: connected to the national portal`);
  const [atPortal, atLevel] = [permutation(all, SEED, 'portal'), permutation(all, SEED, 'level')];
  yield* listings(centreSender, all, (n): Omit<ProcedureListed, 'code' | 'name' | 'at'> => ({
    link: linkOf(links, n),
    onlineLevel: atLevel(n) < fully ? 4 : atLevel(n) < online ? 3 : 2,
    onPortal: atPortal(n) < onPortal,
  }));
  const ofCommunes = [
    ['three-level', published(`${communes}: linked over three levels`)],
    ['two-level', published(`${communes}: linked over two levels`)],
  ] as const;
  yield* listings(communesSender, published(`${communes}: procedures handled`), (n) => ({
    link: linkOf(ofCommunes, n),
    onlineLevel: 2,
    onPortal: false,
  }));
}

function linkOf(links: readonly (readonly [ProcedureLink, number])[], n: number): ProcedureLink {
  let end = 0;
  for (const [link, count] of links) if (n < (end += count)) return link;
  return 'none';
}
