import { routedTypes, stepDues, unitServedBy, type Calendars, type Routing } from '#domain';
import type { RouteNote } from '#connectors';
import { today, type ClaimedLane } from '#ledger';
import { shortType, type CaseApplication, type ContractVersion } from '#wire';

/**
 * The step that is this agency's, told with what carries the case in full. Its unit is found by the day of sending; what a
 * partner may hold already goes as it went, whatever has changed since.
 */
export function routeNoteOf(
  routing: Routing,
  lane: Pick<ClaimedLane, 'agencyId' | 'type' | 'dataText'>,
  contract: ContractVersion,
  calendars?: Calendars,
  now = new Date(),
): RouteNote | undefined {
  if (!carriesCase.has(shortType(lane.type)) || !contract.receives.some(({ cases }) => cases === 'routed'))
    return undefined;
  const application = JSON.parse(lane.dataText) as CaseApplication;
  const procedure = application.procedure.code.slice(0, 'n.nnnnnn'.length);
  if (routedTypes(contract, procedure).length === 0) return undefined;
  const receivedAt = new Date(application.receivedAt);
  const of = { unit: application.unit.code, procedure, openedOn: today(receivedAt) };
  const route = routing.route(of, today(now));
  const n = route?.steps.findIndex((step) => unitServedBy(step, lane.agencyId)) ?? -1;
  const step = route?.steps[n];
  if (!route || !step) return undefined;
  const calendar = calendars?.on(of.openedOn, of.unit);
  const dues = application.dueAt && stepDues(route.version.steps, receivedAt, new Date(application.dueAt), calendar);
  return {
    form: route.version.form,
    step: n + 1,
    steps: route.steps.length,
    unit: unitServedBy(step, lane.agencyId)!.code,
    work: step.rule.work.vi,
    ...(dues ? { dueAt: dues[n]!.toISOString() } : {}),
  };
}

const carriesCase: ReadonlySet<string> = new Set(['case.received', 'case.supplemented']);
