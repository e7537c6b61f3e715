/** What deciding recipients needs of one agency's contract that is in force for the stream. */
export interface Receiver {
  agency: string;
  receives: readonly { procedures: readonly string[]; events: readonly string[]; cases?: 'own' | 'all' | 'routed' }[];
}

export interface Announced {
  /** Short type, e.g. case.received. */
  type: string;
  procedure: string;
  /** Who reported this event. */
  sender: string;
  /** Who entered the case. */
  enteredBy: string;
  /** Who entered what was merged into it before this event. */
  alsoEnteredBy?: readonly string[];
  /** Agencies that serve the units on its route, on this event's day. */
  routed?: readonly string[];
}

/** Every agency that must know, the sender excepted; in the order given, so that plans are reproducible. */
export function recipients(event: Announced, receivers: readonly Receiver[]): string[] {
  return receivers
    .filter((r) => r.agency !== event.sender && r.receives.some((s) => wants(s, event, r.agency)))
    .map((r) => r.agency);
}

function wants(subscription: Receiver['receives'][number], event: Announced, agency: string): boolean {
  if (subscription.cases === 'own' && !enteredIt(event, agency)) return false;
  if (subscription.cases === 'routed' && event.routed?.includes(agency) !== true) return false;
  return (
    subscription.events.includes(event.type) && subscription.procedures.some((p) => p === '*' || p === event.procedure)
  );
}

const enteredIt = ({ enteredBy, alsoEnteredBy }: Announced, agency: string): boolean =>
  enteredBy === agency || alsoEnteredBy?.includes(agency) === true;

/** Whether some agency takes part in this procedure by itself: a case that nobody receives is a wrong code, not a case. */
export function isDeclared(procedure: string, receivers: readonly Receiver[]): boolean {
  return receivers.some((r) =>
    r.receives.some((s) => isForAll(s) && s.procedures.some((p) => p === '*' || p === procedure)),
  );
}

/** Neither only for those who entered the case nor only for those on its route. */
const isForAll = ({ cases }: Receiver['receives'][number]): boolean => cases === undefined || cases === 'all';

/** What an agency gets of the cases whose route passes it: short types. Empty: it doesn't ask for them. */
export const routedTypes = ({ receives }: Pick<Receiver, 'receives'>, procedure: string): string[] => [
  ...new Set(
    receives
      .filter((s) => s.cases === 'routed' && s.procedures.some((p) => p === '*' || p === procedure))
      .flatMap(({ events }) => events),
  ),
];
