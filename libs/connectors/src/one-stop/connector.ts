import type { PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { cloudEventType, prepareCloudEvent } from '../cloud-event.js';
import type { Connector, OutgoingEvent, Prepared, PreparedItem, SendContext } from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { secretOr } from '../http/secret-or.js';
import { endpointOf, refuseOtherSettings } from '../settings.js';

const headers = ['accept', 'application/json', 'content-type', cloudEventType];
const names = caseNames('caseCode', 'eventId');

/** Our own protocol towards a province's one-stop system: POST /cases/{code}/events, a CloudEvent in structured JSON. */
export class OneStopConnector implements Connector {
  readonly reads = 'event';
  private readonly http: PartnerHttp;
  private readonly secretName: string;

  constructor(contract: ContractVersion) {
    const { baseUrl, login } = endpointOf(contract, 'bearer');
    refuseOtherSettings(contract, []);
    this.secretName = login.secret;
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve(prepareCloudEvent(event));
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const answer = await secretOr(context, this.secretName, (token) =>
      this.http.post({
        path: `/cases/${encodeURIComponent(event.caseCode)}/events`,
        headers: [
          ...headers,
          'authorization',
          `Bearer ${token}`,
          'idempotency-key',
          context.key,
          ...(context.traceparent ? ['traceparent', context.traceparent] : []),
        ],
        body: JSON.stringify(prepared.item),
        timeoutMs: context.timeoutMs,
      }),
    );
    return answersFor(names, answer, () => [event.caseCode, event.eventId]);
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }
}
