import { recipients, type Receiver } from '#domain';
import { caseSubject, shortType } from '#wire';
import type { CaseHeader, DeliveryView, TimelineEvent } from '#ledger';

/** The agency entered the case, or its contract on the case's day makes it a receiver of such cases; `routed`: who is or was on its route. */
export function isParty(
  agency: string,
  header: CaseHeader,
  receivers: readonly Receiver[],
  routed: readonly string[] = [],
): boolean {
  if (header.enteredBy === agency || enteredSince(agency, header) < Infinity) return true;
  return receivers.some(
    (r) =>
      r.agency === agency &&
      r.receives.some(
        (s) =>
          s.cases !== 'own' &&
          s.procedures.some((p) => p === '*' || p === header.procedure) &&
          (s.cases !== 'routed' || routed.includes(agency)),
      ),
  );
}

/** The event from which on this agency's own code was this case. */
const enteredSince = (agency: string, { merged }: CaseHeader): number =>
  Math.min(...merged.map(({ enteredBy, since }) => (enteredBy === agency ? since : Infinity)));

export interface CaseAnswer {
  code: string;
  procedure: string;
  enteredBy: string;
  openedOn: string;
  status: number;
  dueAt: string | null;
  sequence: number;
  headHash: string;
  /** Only where two codes were found to be one case. */
  mergedInto?: string;
  merged?: string[];
}

export function showCase(header: CaseHeader): CaseAnswer {
  const { code, procedure, enteredBy, openedOn, status, dueAt, last, headHash, mergedInto, merged } = header;
  return {
    code,
    procedure,
    enteredBy,
    openedOn,
    status,
    dueAt: dueAt?.toISOString() ?? null,
    sequence: last,
    headHash,
    ...(mergedInto === null ? {} : { mergedInto }),
    ...(merged.length === 0 ? {} : { merged: merged.map((one) => one.code) }),
  };
}

export interface TimelineAnswer {
  subject: string;
  events: {
    sequence: number;
    eventId: string;
    type: string;
    sender: string;
    status: number;
    skipped?: number[];
    recordedAt: string;
    bodyHash: string;
    hash: string;
    data?: unknown;
  }[];
}

/** Every event with its place and hash; the payload only of those that the asking agency sent or receives. */
export function showTimeline(
  agency: string,
  header: CaseHeader,
  events: readonly TimelineEvent[],
  receivers: readonly Receiver[],
  routed: readonly string[] = [],
): TimelineAnswer {
  const { procedure, enteredBy } = header;
  const since = enteredSince(agency, header);
  const mayRead = ({ type, sender, sequence }: TimelineEvent): boolean => {
    const alsoEnteredBy = sequence >= since ? [agency] : [];
    const event = { type: shortType(type), procedure, sender, enteredBy, alsoEnteredBy, routed };
    return sender === agency || recipients(event, receivers).includes(agency);
  };
  return {
    subject: caseSubject(header.code),
    events: events.map((event) => ({
      sequence: event.sequence,
      eventId: event.id,
      type: event.type,
      sender: event.sender,
      status: event.status,
      ...(event.skipped ? { skipped: event.skipped } : {}),
      recordedAt: event.recordedAt.toISOString(),
      bodyHash: event.bodyHash,
      hash: event.hash,
      ...(mayRead(event) ? { data: event.body } : {}),
    })),
  };
}

export interface DeliveryAnswer {
  subject: string;
  deliveries: {
    agency: string;
    sequence: number;
    state: string;
    wait?: string;
    wakeAt?: string;
    heldFor?: string[];
    inDoubt: boolean;
    attempts: number;
    plannedAt: string;
    endedAt?: string;
    owner?: string;
    reason?: string;
  }[];
}

/** Who entered the case sees where it has got to; every other agency its own deliveries. */
export function showDeliveries(
  agency: string,
  header: CaseHeader,
  deliveries: readonly DeliveryView[],
): DeliveryAnswer {
  const since = header.enteredBy === agency ? 0 : enteredSince(agency, header);
  const visible = deliveries.filter(({ agencyId, sequence }) => agencyId === agency || sequence >= since);
  return {
    subject: caseSubject(header.code),
    deliveries: visible.map((d) => ({
      agency: d.agencyId,
      sequence: d.sequence,
      state: d.state,
      ...(d.wait === null ? {} : { wait: d.wait }),
      ...(d.wakeAt === null ? {} : { wakeAt: d.wakeAt.toISOString() }),
      ...(d.heldFor === null ? {} : { heldFor: d.heldFor }),
      inDoubt: d.inDoubt,
      attempts: d.attempts,
      plannedAt: d.plannedAt.toISOString(),
      ...(d.endedAt === null ? {} : { endedAt: d.endedAt.toISOString() }),
      ...(d.owner === null ? {} : { owner: d.owner }),
      ...(d.reason === null ? {} : { reason: d.reason }),
    })),
  };
}
