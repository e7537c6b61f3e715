import { standsAt, stepDues, weightsOf, type Calendars, type Routing, type RouteUnit, type StepNow } from '#domain';
import { today, type CaseHeader, type TimelineEvent } from '#ledger';

interface ShownStep {
  step: number;
  work: { vi: string; en: string };
  /** Part of the term. */
  share: number;
  dueAt: string | null;
  unit: string | null;
  unitName: string | null;
  agency: string | null;
  standsHere: boolean;
  why: string;
}

export type CaseRoute =
  | { outcome: 'no-route'; why: string }
  | { outcome: 'routed'; form: string; versionFrom: string; on: string; unit: string | null; steps: ShownStep[] };

/** A case's steps on a day, whose each is now and why, and where the case stands. Nothing of what the case says of a person. */
export function caseRoute(
  header: CaseHeader,
  events: readonly TimelineEvent[],
  routing: Routing,
  day: string,
  calendars?: Calendars,
): CaseRoute {
  const { unit, procedure, openedOn } = header;
  const route = routing.route({ unit, procedure, openedOn }, day);
  if (!route)
    return { outcome: 'no-route', why: `${procedure}: không có tuyến vào ngày ${openedOn} · no route on that day` };
  const known = events.filter(({ recordedAt }) => today(recordedAt) <= day);
  const at = standsAt(route.steps, known);
  const weights = weightsOf(route.version.steps);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const dues = duesOf(header, events, route.version.steps, calendars);
  const steps = route.steps.map((step, n): ShownStep => ({
    step: n + 1,
    work: step.rule.work,
    share: weights[n]! / whole,
    dueAt: dues?.[n]?.toISOString() ?? null,
    unit: step.now?.code ?? null,
    unitName: step.now?.name ?? null,
    agency: step.now?.agency ?? null,
    standsHere: n === at,
    why: whyOf(step, unit),
  }));
  const { form, validFrom } = route.version;
  return { outcome: 'routed', form, versionFrom: validFrom, on: day, unit: steps[at]?.unit ?? null, steps };
}

function duesOf(
  { dueAt, openedOn, unit }: CaseHeader,
  events: readonly TimelineEvent[],
  steps: Parameters<typeof stepDues>[0],
  calendars?: Calendars,
): Date[] | undefined {
  const received = (events[0]?.body as { receivedAt?: unknown } | undefined)?.receivedAt;
  if (!dueAt || typeof received !== 'string') return undefined;
  return stepDues(steps, new Date(received), dueAt, calendars?.on(openedOn, unit));
}

function whyOf({ rule, first, now, ended }: StepNow, entry: string | null): string {
  const isLevel = /^[a-z]+$/.test(rule.at);
  if (!first)
    return isLevel
      ? `${entry ?? 'hồ sơ không nêu đơn vị · no unit is known'}: không có đơn vị cấp · has no unit at level ${rule.at}`
      : `${rule.at}: không có đơn vị này · no such unit`;
  const found = isLevel ? `${rule.at} của · of ${entry}: ${first.code}` : `tuyến nêu · the route names ${rule.at}`;
  const moves = ended.map((unit: RouteUnit, n) => {
    const next = ended[n + 1] ?? now;
    return `${unit.code} đến · until ${unit.validUntil} → ${next?.code ?? 'không có đơn vị kế thừa · no successor'}`;
  });
  return [found, ...moves].join('; ');
}
