/** What the rules need of a unit; days are ISO dates in Asia/Ho_Chi_Minh. */
export interface RouteUnit {
  code: string;
  otherCodes?: readonly string[];
  name: string;
  level: 'province' | 'district' | 'commune' | 'department' | 'vertical';
  within?: string;
  agency?: string;
  validFrom: string;
  /** Its last day. */
  validUntil?: string;
  succeededBy?: readonly { unit: string; procedures?: readonly string[]; fields?: readonly string[] }[];
}

/** What of a case decides who succeeds a unit for it. */
export interface OfProcedure {
  procedure: string;
  field?: string | undefined;
}

/** A unit as it is on a day, and those that ended on the way to it, the oldest first. */
export interface UnitNow {
  unit: RouteUnit;
  ended: readonly RouteUnit[];
}

/** Units by every code that cases call them by. */
export class Units {
  private readonly byCode = new Map<string, RouteUnit>();

  constructor(readonly all: readonly RouteUnit[]) {
    for (const unit of all) for (const code of codesOf(unit)) this.byCode.set(code, unit);
  }

  get(code: string): RouteUnit | undefined {
    return this.byCode.get(code);
  }

  /**
   * Who has this unit's cases of the procedure on a day; exactly one, or undefined where the code is unknown or a unit ended
   * without a successor for it. It ends: a successor is there on the day after, so each one's last day is later.
   */
  on(code: string, of: OfProcedure, day: string): UnitNow | undefined {
    let unit = this.byCode.get(code);
    const ended: RouteUnit[] = [];
    while (unit?.validUntil !== undefined && unit.validUntil < day) {
      if (ended.includes(unit)) return undefined;
      ended.push(unit);
      unit = this.successorOf(unit, of);
    }
    return unit && { unit, ended };
  }

  /** That unit itself, or what it is part of, at a level on a day. */
  atLevel(code: string, level: RouteUnit['level'], of: OfProcedure, day: string): RouteUnit | undefined {
    const climbed = new Set<RouteUnit>();
    let unit = this.on(code, of, day)?.unit;
    while (unit && unit.level !== level) {
      if (climbed.has(unit)) return undefined;
      climbed.add(unit);
      unit = unit.within === undefined ? undefined : this.on(unit.within, of, day)?.unit;
    }
    return unit;
  }

  private successorOf({ succeededBy }: RouteUnit, { procedure, field }: OfProcedure): RouteUnit | undefined {
    const found = succeededBy?.find(
      ({ procedures, fields }) =>
        (procedures === undefined && fields === undefined) ||
        procedures?.includes(procedure) === true ||
        (field !== undefined && fields?.includes(field) === true),
    );
    return found && this.byCode.get(found.unit);
  }
}

export const codesOf = ({ code, otherCodes }: RouteUnit): string[] => [code, ...(otherCodes ?? [])];

/** The day after. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
