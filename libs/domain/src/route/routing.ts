import { dayAfter, type OfProcedure, type RouteUnit, type Units } from './units.js';

export interface RouteStepRule {
  at: string;
  work: { vi: string; en: string };
  share?: number;
  hours?: number;
}

export interface RouteVersionRule {
  validFrom: string;
  form: 'three-level' | 'two-level' | 'horizontal' | 'vertical';
  steps: readonly RouteStepRule[];
}

export interface RouteRule {
  procedure: string;
  field?: string;
  versions: readonly RouteVersionRule[];
}

/** What of a case decides its route. */
export interface RoutedCase {
  /** The code of the unit that received it, as the case says it; null: it says none that is kept. */
  unit: string | null;
  procedure: string;
  openedOn: string;
}

/** A step of a case's route: whose it was on the case's own day, and whose it is now. */
export interface StepNow {
  rule: RouteStepRule;
  /** Undefined: no unit answers the step's rule for this case. */
  first: RouteUnit | undefined;
  now: RouteUnit | undefined;
  ended: readonly RouteUnit[];
}

export interface RouteNow {
  version: RouteVersionRule;
  steps: readonly StepNow[];
}

/** Who must know a case by its route on a day. */
export interface OnRoute {
  agencies: readonly string[];
  /** A unit on the route has ended by that day: an agency may be there that wasn't before. */
  hasMoved: boolean;
}

const NOBODY: OnRoute = { agencies: [], hasMoved: false };
const MOST_KEPT = 50_000;

/**
 * Units and routes together. The route is that of the case's own day; who has a step now follows the successors up to the
 * day that is asked about. Answers are kept: between two days on which nothing changes they are the same.
 */
export class Routing {
  private readonly rules: ReadonlyMap<string, RouteRule>;
  /** Days on which an answer may change, in order. */
  private readonly changes: readonly string[];
  private readonly kept = new Map<string, OnRoute>();

  constructor(
    readonly units: Units,
    routes: readonly RouteRule[],
  ) {
    this.rules = new Map(routes.map((rule) => [rule.procedure, rule]));
    const days = [
      ...routes.flatMap(({ versions }) => versions.map(({ validFrom }) => validFrom)),
      ...units.all.flatMap(({ validUntil }) => (validUntil === undefined ? [] : [dayAfter(validUntil)])),
    ];
    this.changes = [...new Set(days)].sort();
  }

  /** Days from which something is different; between them every day is alike. */
  get days(): readonly string[] {
    return this.changes;
  }

  version(procedure: string, day: string): RouteVersionRule | undefined {
    return this.rules.get(procedure)?.versions.findLast(({ validFrom }) => validFrom <= day);
  }

  /** Undefined: the procedure had no route on the case's own day. */
  route(of: RoutedCase, day: string): RouteNow | undefined {
    const version = this.version(of.procedure, of.openedOn);
    if (!version) return undefined;
    const about = this.about(of.procedure);
    const steps = version.steps.map((rule): StepNow => {
      const first = this.firstOf(rule, of, about);
      const found = first && this.units.on(first.code, about, day);
      return { rule, first, now: found?.unit, ended: found?.ended ?? [] };
    });
    return { version, steps };
  }

  onRoute(of: RoutedCase, day: string): OnRoute {
    if (!this.rules.has(of.procedure)) return NOBODY;
    const key = `${of.unit}|${of.procedure}|${this.eraOf(of.openedOn)}|${this.eraOf(day)}`;
    let known = this.kept.get(key);
    if (!known) {
      const steps = this.route(of, day)?.steps ?? [];
      const agencies = new Set(steps.flatMap(({ now }) => now?.agency ?? []));
      known = { agencies: [...agencies], hasMoved: steps.some(({ ended }) => ended.length > 0) };
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      this.kept.set(key, known);
    }
    return known;
  }

  /** All that are or were on its route from its own day to this one. */
  everOnRoute(of: RoutedCase, day: string): string[] {
    const days = [of.openedOn, ...this.changes.filter((d) => d > of.openedOn && d <= day), day];
    return [...new Set(days.flatMap((d) => this.onRoute(of, d).agencies))];
  }

  /** The unit at which a chain of successors breaks off for such cases. */
  endsWithout(first: RouteUnit, procedure: string): RouteUnit | undefined {
    const about = this.about(procedure);
    let unit = first;
    for (const passed = new Set<RouteUnit>(); unit.validUntil !== undefined && !passed.has(unit);) {
      passed.add(unit);
      const next = this.units.on(unit.code, about, dayAfter(unit.validUntil));
      if (!next) return unit;
      unit = next.unit;
    }
    return undefined;
  }

  private about(procedure: string): OfProcedure {
    return { procedure, field: this.rules.get(procedure)?.field };
  }

  private firstOf({ at }: RouteStepRule, of: RoutedCase, about: OfProcedure): RouteUnit | undefined {
    if (at !== 'entry' && at !== 'commune' && at !== 'district' && at !== 'province')
      return this.units.on(at, about, of.openedOn)?.unit;
    if (of.unit === null) return undefined;
    if (at === 'entry') return this.units.on(of.unit, about, of.openedOn)?.unit;
    return this.units.atLevel(of.unit, at, about, of.openedOn);
  }

  /** How many changes have been by that day. */
  private eraOf(day: string): number {
    let [from, to] = [0, this.changes.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.changes[middle]! <= day) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
