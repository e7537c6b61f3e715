import { describe, expect, it } from '@jest/globals';
import type { Receiver } from '#domain';
import type { CaseHeader, DeliveryView, TimelineEvent } from '#ledger';
import { isParty, showCase, showDeliveries, showTimeline } from './show-case.js';

const header: CaseHeader = {
  streamId: '1', code: 'H53-210531-0001', procedure: '2.000488', enteredBy: 'mot-cua', openedOn: '2021-05-31', unit: null, status: 9, last: 2, headHash: 'aa', dueAt: null, mergedInto: null, merged: [],
}; // prettier-ignore
const receivers: Receiver[] = [
  { agency: 'mot-cua', receives: [{ procedures: ['*'], cases: 'own', events: ['case.result-issued'] }] },
  { agency: 'mot-cua-2', receives: [{ procedures: ['*'], cases: 'own', events: ['case.result-issued'] }] },
  { agency: 'lltp', receives: [{ procedures: ['2.000488'], events: ['case.received'] }] },
  { agency: 'tax', receives: [{ procedures: ['1.000001'], events: ['case.received'] }] },
];
const event = (sequence: number, type: string, sender: string): TimelineEvent => ({
  sequence, id: `${sequence}`, type: `vn.lienthong.${type}.v1`, sender, status: 2, skipped: null, recordedAt: new Date(0), bodyHash: '', hash: '', body: { secret: sequence },
}); // prettier-ignore
const delivery = (agencyId: string): DeliveryView => ({
  agencyId, sequence: 1, state: 'parked', wait: 'person', wakeAt: null, heldFor: null, inDoubt: false, attempts: 1, plannedAt: new Date(0), endedAt: null, owner: 'data', reason: 'thiếu ngày cấp',
}); // prettier-ignore

describe('what an agency may ask', () => {
  it('is about cases that it entered or receives', () => {
    expect(
      ['mot-cua', 'lltp', 'tax', 'mot-cua-2', 'stranger'].filter((agency) => isParty(agency, header, receivers)),
    ).toEqual(['mot-cua', 'lltp']);
  });

  it('shows every event and the payload only of those that it sent or receives', () => {
    const events = [
      event(1, 'case.received', 'mot-cua'),
      event(2, 'case.result-issued', 'lltp'),
      event(3, 'case.status-changed', 'other'),
    ];
    const seen = (agency: string): unknown[] =>
      showTimeline(agency, header, events, receivers).events.map((e) => e.data);
    expect(seen('mot-cua')).toEqual([{ secret: 1 }, { secret: 2 }, undefined]);
    expect(seen('lltp')).toEqual([{ secret: 1 }, { secret: 2 }, undefined]);
  });

  it('shows all deliveries to who entered the case, and to others their own', () => {
    const deliveries = [delivery('lltp'), delivery('cong-dvc')];
    const seen = (agency: string): string[] =>
      showDeliveries(agency, header, deliveries).deliveries.map((d) => d.agency);
    expect(seen('mot-cua')).toEqual(['lltp', 'cong-dvc']);
    expect(seen('cong-dvc')).toEqual(['cong-dvc']);
  });

  it('is, for who entered another code of this case, what happened since it was found to be this case', () => {
    const merged = { ...header, merged: [{ code: 'H53-210531-0002', enteredBy: 'mot-cua-2', since: 3 }] };
    expect(isParty('mot-cua-2', merged, receivers)).toBe(true);
    const events = [2, 4].map((sequence) => event(sequence, 'case.result-issued', 'lltp'));
    const seen = showTimeline('mot-cua-2', merged, events, receivers).events.map((e) => e.data);
    expect(seen).toEqual([undefined, { secret: 4 }]);
    const later = { ...delivery('lltp'), sequence: 3, heldFor: ['H53-210531-0002'] };
    expect(showDeliveries('mot-cua-2', merged, [delivery('lltp'), later]).deliveries).toMatchObject([
      { sequence: 3, heldFor: ['H53-210531-0002'] },
    ]);
    expect(showCase(merged)).toMatchObject({ merged: ['H53-210531-0002'] });
    expect(showCase({ ...header, mergedInto: 'H53-210531-0002' })).toMatchObject({ mergedInto: 'H53-210531-0002' });
  });
});
