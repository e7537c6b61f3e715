import type { CaseApplication, ContractVersion } from '#wire';

import { sending } from './case.fixture.js';
import type { BatchItem, OutgoingEvent } from './connector.js';
import { HttpJsonConnector } from './http-json/connector.js';

/** A pass-through contract such as a partner's own JSON interface gets. */
export const passThrough = (url: string, more: Partial<ContractVersion> = {}): ContractVersion => ({
  validFrom: '2020-01-01',
  owner: 'G01',
  protocol: 'http-json',
  endpoint: { baseUrl: `${url}/events` },
  receives: [],
  sends: [],
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [
    { when: { status: '2xx' }, means: 'accepted' },
    { when: { status: 409 }, means: 'already-held' },
    { when: { status: 422 }, means: 'refused', reason: ['message'] },
    { when: { status: 503 }, means: 'busy' },
  ],
  onDuplicate: 'refuse',
  ...more,
  limits: { inFlight: 4, timeout: '5s', ...more.limits },
});

/** The n-th of some events, each of a case of its own. Its text isn't what JSON.stringify would make of its data. */
export function passing(n: number): OutgoingEvent {
  const data = { eventId: `theirs-${n}`, caseCode: `H53-${n}`, note: 'đã ký' };
  return {
    eventId: `3d3a1f5e-0d8f-5f0e-9d55-00000000000${n}`,
    type: 'vn.lienthong.case.received.v1',
    caseCode: `H53-${n}`,
    sequence: 1,
    revision: 1,
    sender: 'mot-cua',
    recordedAt: '2025-08-12T01:10:05.000Z',
    data,
    dataText: `{"note": "đã ký",  "eventId":"theirs-${n}","caseCode":"H53-${n}"}`,
    application: {} as CaseApplication,
    status: 2,
  };
}
const keyOf = (event: OutgoingEvent): string => `${event.eventId}.${event.revision}`;

/** A connector with what the engine would give it. */
export class PassThroughPartner {
  readonly connector: HttpJsonConnector;

  constructor(readonly contract: ContractVersion) {
    this.connector = new HttpJsonConnector(contract);
  }

  async send(n: number) {
    const { prepared, event, key } = await this.item(n);
    return this.connector.send(prepared, event, sending(this.contract, { key }));
  }

  async sendSeveral(...ns: number[]) {
    return this.connector.sendSeveral(await Promise.all(ns.map((n) => this.item(n))), sending(this.contract));
  }

  async lookUp(n: number) {
    const { prepared, event, key } = await this.item(n);
    return this.connector.lookUp?.(prepared, event, sending(this.contract, { key }));
  }

  async item(n: number): Promise<BatchItem> {
    const event = passing(n);
    const mapped = await this.connector.prepare(event);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return { prepared: mapped.prepared, event, key: keyOf(event), asUpdate: false };
  }
}
