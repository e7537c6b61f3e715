import type { Receiver } from '../recipients.js';
import type { RoutingFault } from './check-units.js';
import type { Routing, RouteRule, RouteVersionRule } from './routing.js';
import { addUp, isExact } from './step-dues.js';
import type { RouteUnit } from './units.js';

/** Whom a day's contracts make a receiver of what. */
export type ReceiversOn = (day: string) => readonly Receiver[];

/** What a file of routes says that can't be so, with these units and contracts. */
export function checkRoutes(routes: readonly RouteRule[], routing: Routing, receiversOn: ReceiversOn): RoutingFault[] {
  const taken = new Set<string>();
  return routes.flatMap((rule, n) => {
    const path = `/routes/${n}`;
    const faults: RoutingFault[] = taken.has(rule.procedure)
      ? [{ path: `${path}/procedure`, rule: 'taken', detail: rule.procedure }]
      : [];
    taken.add(rule.procedure);
    const { versions } = rule;
    for (const [v, version] of versions.entries())
      if (v > 0 && version.validFrom <= versions[v - 1]!.validFrom)
        faults.push({ path: `${path}/versions/${v}/validFrom`, rule: `after:${path}/versions/${v - 1}/validFrom` });
    // Out of order none of them has a period in which it could be tried.
    if (faults.length > 0) return faults;
    for (const [v, version] of versions.entries()) {
      const at = `${path}/versions/${v}`;
      faults.push(...checkTerm(version, at));
      faults.push(...checkSteps({ rule, version, until: versions[v + 1]?.validFrom, at }, routing, receiversOn));
    }
    return faults;
  });
}

function checkTerm({ steps }: RouteVersionRule, at: string): RoutingFault[] {
  const withHours = steps.filter(({ hours }) => hours !== undefined).length;
  const path = `${at}/steps`;
  if (withHours > 0 && withHours < steps.length) return [{ path, rule: 'all-shares-or-all-hours' }];
  const wrong = steps.findIndex(({ share, hours }) => (share === undefined) === (hours === undefined));
  if (wrong >= 0) return [{ path: `${path}/${wrong}`, rule: 'share-or-hours' }];
  const inexact = steps.findIndex((step) => !isExact(step));
  if (inexact >= 0) return [{ path: `${path}/${inexact}/${withHours > 0 ? 'hours' : 'share'}`, rule: 'digits' }];
  return addUp(steps) ? [] : [{ path, rule: 'shares-add-up-to:1' }];
}

interface Checked {
  rule: RouteRule;
  version: RouteVersionRule;
  /** First day of the next version. */
  until: string | undefined;
  at: string;
}

/** Each unit that may receive such a case is tried, on the first day on which it and the version are in force. */
function checkSteps(checked: Checked, routing: Routing, receiversOn: ReceiversOn): RoutingFault[] {
  const { version, at } = checked;
  const faults = new Map<string, RoutingFault>();
  const add = (n: number, rule: string, detail: string): void => {
    const path = `${at}/steps/${n}/at`;
    const key = `${path} ${rule}`;
    if (!faults.has(key)) faults.set(key, { path, rule, detail });
  };
  for (const [n, { at: where }] of version.steps.entries())
    if (/^[0-9A-Z.]+$/.test(where) && !routing.units.get(where)) add(n, 'unknown-unit', where);
  if (faults.size > 0) return [...faults.values()];
  const entries = entriesOf(checked, routing);
  if (entries.length === 0) return [{ path: `${at}/steps/0/at`, rule: 'no-unit-receives-it' }];
  for (const { unit, day } of entries) {
    const route = routing.route({ unit: unit.code, procedure: checked.rule.procedure, openedOn: day }, day)!;
    for (const [n, { now }] of route.steps.entries()) {
      if (!now) add(n, 'no-unit-at-this-step', `${unit.code} ${day}`);
      else if (!isServed(now, checked.rule.procedure, receiversOn(day))) add(n, 'no-agency-serves', now.code);
    }
    const units = route.steps.flatMap(({ now }) => now ?? []);
    if (units.length === route.steps.length && !fits(version.form, units)) {
      faults.set('form', {
        path: `${at}/form`,
        rule: 'route-form',
        detail: units.map(({ level }) => level).join(', '),
      });
      break;
    }
  }
  return [...faults.values()];
}

/** Units that may be the first step's, each with a day on which it may receive a case by this version. */
function entriesOf({ version, until }: Checked, { units }: Routing): { unit: RouteUnit; day: string }[] {
  const first = version.steps[0]!.at;
  const lowest = version.steps.some(({ at }) => at === 'commune') ? ['commune'] : undefined;
  return units.all.flatMap((unit) => {
    const day = unit.validFrom > version.validFrom ? unit.validFrom : version.validFrom;
    const isThere = (unit.validUntil === undefined || unit.validUntil >= day) && (until === undefined || day < until);
    const levels = lowest ?? (first === 'district' || first === 'province' ? [first] : entryLevels(version));
    // Who has no system enters nothing here.
    const isEntry = unit.agency !== undefined && levels.includes(unit.level);
    const may = /^[0-9A-Z.]+$/.test(first) ? unit.code === first : isEntry;
    return isThere && may ? [{ unit, day }] : [];
  });
}

/** `entry` may be any unit below the levels that come after it. */
function entryLevels({ form, steps }: RouteVersionRule): string[] {
  if (form === 'three-level') return ['commune'];
  if (steps.some(({ at }) => at === 'district')) return ['commune'];
  if (form === 'two-level') return ['commune', 'district'];
  return ['department', 'vertical', 'province'];
}

const isServed = ({ agency }: RouteUnit, procedure: string, receivers: readonly Receiver[]): boolean =>
  agency !== undefined &&
  receivers.some(
    (r) =>
      r.agency === agency &&
      r.receives.some((s) => s.cases !== 'own' && s.procedures.some((p) => p === '*' || p === procedure)),
  );

/** Whether the units on a route are of its form. A department counts as its province. */
function fits(form: RouteVersionRule['form'], units: readonly RouteUnit[]): boolean {
  const levels = new Set(units.map(({ level }) => level));
  const governments = new Set(
    [...levels].filter((l) => l !== 'vertical').map((l) => (l === 'department' ? 'province' : l)),
  );
  switch (form) {
    case 'three-level':
      return governments.size === 3;
    case 'two-level':
      return governments.size === 2;
    case 'horizontal':
      return levels.has('department') && levels.has('vertical');
    case 'vertical':
      return units.slice(1).every(({ level }) => level === 'vertical') && units.at(-1)!.level === 'vertical';
  }
}

/** Cases that are open, by what decides their route. */
export interface OpenCases {
  unit: string | null;
  procedure: string;
  openedOn: string;
  count: number;
}

/** Units that end without anybody for the open cases that they have: how many, and the day after. */
export function casesLeftBehind(routing: Routing, open: readonly OpenCases[]): Map<RouteUnit, number> {
  const left = new Map<RouteUnit, number>();
  for (const cases of open)
    for (const { first } of routing.route(cases, cases.openedOn)?.steps ?? []) {
      if (!first) continue;
      const stuck = routing.endsWithout(first, cases.procedure);
      if (stuck) left.set(stuck, (left.get(stuck) ?? 0) + cases.count);
    }
  return left;
}
