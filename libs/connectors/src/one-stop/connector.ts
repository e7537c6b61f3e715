import { durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { cloudEventType, prepareCloudEvent } from '../cloud-event.js';
import type { Connector, OutgoingEvent, Prepared, PreparedItem, SendContext } from '../connector.js';
import { PartnerHttp } from '../http/exchange.js';
import { secretOr } from '../http/secret-or.js';
import { endpointOf, refuseOtherSettings } from '../settings.js';

/** Our own protocol towards a province's one-stop system: POST /cases/{code}/events, a CloudEvent in structured JSON. */
export class OneStopConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly secretName: string;

  constructor(contract: ContractVersion) {
    const { baseUrl, login } = endpointOf(contract, 'bearer');
    refuseOtherSettings(contract, []);
    this.secretName = login.secret;
    this.http = new PartnerHttp(baseUrl, {
      connections: contract.limits.inFlight,
      timeoutMs: durationMs(contract.limits.timeout),
    });
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve(prepareCloudEvent(event));
  }

  send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    return secretOr(context, this.secretName, (token) =>
      this.http.post({
        path: `/cases/${encodeURIComponent(event.caseCode)}/events`,
        headers: {
          'content-type': cloudEventType,
          authorization: `Bearer ${token}`,
          'idempotency-key': context.key,
          ...(context.traceparent ? { traceparent: context.traceparent } : {}),
        },
        body: JSON.stringify(prepared.item),
        timeoutMs: context.timeoutMs,
      }),
    );
  }

  close(): Promise<void> {
    return this.http.close();
  }
}
