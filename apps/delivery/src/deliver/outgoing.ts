import type { OutgoingEvent } from '#connectors';
import type { ClaimedLane } from '#ledger';
import type { CaseApplication, CaseStatus } from '#wire';

/** What mapping may need. JSON is read when a mapping asks for it, and once: a pass-through contract never does. */
export function outgoing(lane: ClaimedLane): OutgoingEvent {
  let data: unknown;
  let application: CaseApplication | undefined;
  return {
    eventId: lane.eventId,
    type: lane.type,
    caseCode: lane.caseCode,
    sequence: lane.sequence,
    revision: lane.revision,
    sender: lane.sender,
    get recordedAt() {
      return new Date(lane.recordedAt).toISOString();
    },
    dataText: lane.dataText,
    get data() {
      return (data ??= JSON.parse(lane.dataText) as unknown);
    },
    get application() {
      return (application ??= JSON.parse(lane.applicationText ?? lane.dataText) as CaseApplication);
    },
    status: lane.status as CaseStatus,
    ...(lane.acknowledgedStatus === null ? {} : { acknowledgedStatus: lane.acknowledgedStatus as CaseStatus }),
  };
}
