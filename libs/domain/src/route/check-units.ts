import { codesOf, dayAfter, type RouteUnit, type Units } from './units.js';

/** What is wrong, and where: a JSON Pointer into the file. */
export interface RoutingFault {
  path: string;
  rule: string;
  detail?: string;
}

/** Higher is further up. A department or a vertical agency may stand at any level of government. */
const tier: Record<RouteUnit['level'], number> = {
  commune: 1,
  district: 2,
  department: 2.5,
  vertical: 2.5,
  province: 3,
};

/** What a file of units says that can't be so. The agencies that are connected are named by their ids. */
export function checkUnits(units: Units, agencies: ReadonlySet<string>): RoutingFault[] {
  return [...takenTwice(units.all), ...units.all.flatMap((unit, n) => checkUnit(unit, `/units/${n}`, units, agencies))];
}

function takenTwice(all: readonly RouteUnit[]): RoutingFault[] {
  const taken = new Set<string>();
  return all.flatMap((unit, n) =>
    codesOf(unit).flatMap((code, c) => {
      const path = c === 0 ? `/units/${n}/code` : `/units/${n}/otherCodes/${c - 1}`;
      if (taken.has(code)) return [{ path, rule: 'taken', detail: code }];
      taken.add(code);
      return [];
    }),
  );
}

function checkUnit(unit: RouteUnit, path: string, units: Units, agencies: ReadonlySet<string>): RoutingFault[] {
  const { agency, validFrom, validUntil, succeededBy } = unit;
  const faults: RoutingFault[] = [];
  if (agency !== undefined && !agencies.has(agency))
    faults.push({ path: `${path}/agency`, rule: 'unknown-agency', detail: agency });
  if (validUntil !== undefined && validUntil < validFrom)
    faults.push({ path: `${path}/validUntil`, rule: 'after:validFrom' });
  if (succeededBy !== undefined && validUntil === undefined)
    faults.push({ path: `${path}/succeededBy`, rule: 'needs:validUntil' });
  return [...faults, ...checkWithin(unit, path, units), ...checkSuccessors(unit, path, units)];
}

function checkWithin({ level, within }: RouteUnit, path: string, units: Units): RoutingFault[] {
  if (within === undefined) return [];
  const above = units.get(within);
  if (!above) return [{ path: `${path}/within`, rule: 'unknown-unit', detail: within }];
  return tier[above.level] > tier[level] ? [] : [{ path: `${path}/within`, rule: 'level', detail: above.level }];
}

/** Every case finds exactly one: whatever fits first, and the last one fits all. */
function checkSuccessors(unit: RouteUnit, path: string, units: Units): RoutingFault[] {
  const { validUntil, succeededBy } = unit;
  if (!succeededBy || validUntil === undefined) return [];
  const faults = succeededBy.flatMap(({ unit: code, procedures, fields }, n): RoutingFault[] => {
    const at = `${path}/succeededBy/${n}`;
    const successor = units.get(code);
    const isLast = n === succeededBy.length - 1;
    const takesAll = procedures === undefined && fields === undefined;
    if (isLast !== takesAll) return [{ path: at, rule: isLast ? 'last-takes-the-rest' : 'only-the-last-takes-all' }];
    if (!successor) return [{ path: `${at}/unit`, rule: 'unknown-unit', detail: code }];
    if (leadsTo(units, successor, unit)) return [{ path: `${at}/unit`, rule: 'cycle', detail: code }];
    const day = dayAfter(validUntil);
    const isThere = successor.validFrom <= day && (successor.validUntil === undefined || successor.validUntil >= day);
    return isThere ? [] : [{ path: `${at}/unit`, rule: `in-force-on:${day}`, detail: code }];
  });
  return faults;
}

/** Whether a chain of successors, of whatever case, comes to this unit. */
function leadsTo(units: Units, from: RouteUnit, to: RouteUnit): boolean {
  const seen = new Set<RouteUnit>();
  const open = [from];
  for (let unit = open.pop(); unit; unit = open.pop()) {
    if (unit === to) return true;
    if (seen.has(unit)) continue;
    seen.add(unit);
    open.push(...(unit.succeededBy ?? []).flatMap((next) => units.get(next.unit) ?? []));
  }
  return false;
}
