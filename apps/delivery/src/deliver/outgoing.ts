import type { OutgoingEvent, RouteNote } from '#connectors';
import type { ClaimedLane } from '#ledger';
import type { CaseApplication, CaseStatus, ResultIssued } from '#wire';

/** What mapping may need. JSON is read when a mapping asks for it, and once: a pass-through contract never does. */
export function outgoing(lane: ClaimedLane, route?: RouteNote): OutgoingEvent {
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
    get result() {
      return lane.resultText === null ? undefined : (JSON.parse(lane.resultText) as ResultIssued);
    },
    status: lane.status as CaseStatus,
    ...(lane.replay === null ? {} : { replay: lane.replay }),
    ...(route ? { route } : {}),
    ...(lane.acknowledgedStatus === null ? {} : { acknowledgedStatus: lane.acknowledgedStatus as CaseStatus }),
  };
}
