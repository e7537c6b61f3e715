import { codeOfSubject, eventTypes, validatePayload, type CaseApplication, type CaseStatus, type Fault } from '#wire';

import type { OutgoingEvent } from './connector.js';

export type Sample = { outcome: 'event'; event: OutgoingEvent } | { outcome: 'faulty'; faults: Fault[] };

/** A CloudEvent as an agency submits it, as if the hub had recorded it. */
export function sampleEvent(cloudEvent: unknown): Sample {
  const { type, subject, data, sequence, time, id } = (cloudEvent ?? {}) as Record<string, unknown>;
  const known = eventTypes.find((name) => name === type);
  if (!known) return { outcome: 'faulty', faults: [{ path: '/type', rule: `enum:${eventTypes.join('|')}` }] };
  const caseCode = typeof subject === 'string' ? codeOfSubject(subject) : undefined;
  if (caseCode === undefined) return { outcome: 'faulty', faults: [{ path: '/subject', rule: 'case/CODE' }] };
  const faults = validatePayload(known, data);
  if (faults.length > 0)
    return { outcome: 'faulty', faults: faults.map((fault) => ({ ...fault, path: `/data${fault.path}` })) };
  const { status } = data as { status?: CaseStatus };
  return {
    outcome: 'event',
    event: {
      eventId: typeof id === 'string' ? id : 'sample',
      type: known,
      caseCode,
      sequence: Number(sequence ?? 1),
      revision: 1,
      sender: 'sample',
      recordedAt: typeof time === 'string' ? time : new Date().toISOString(),
      data,
      dataText: JSON.stringify(data),
      application: data as CaseApplication,
      status: status ?? 2,
    },
  };
}
