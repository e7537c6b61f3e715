import { durationMs, type PartnerAnswer } from '#domain';
import type { ContractVersion, Json } from '#wire';

import type { Connector, OutgoingEvent, Prepared, PreparedItem, SendContext } from '../connector.js';
import { PartnerHttp } from '../http/exchange.js';
import { secretOr } from '../http/secret-or.js';
import { refuseOtherSettings } from '../settings.js';

/** A pass-through contract: the event's payload as it was entered, POSTed to the endpoint's own address. */
export class HttpJsonConnector implements Connector {
  private readonly http: PartnerHttp;
  private readonly secretName: string | undefined;

  constructor(contract: ContractVersion) {
    const { endpoint } = contract;
    if (!endpoint) throw new Error('the contract has no endpoint');
    if (endpoint.login && endpoint.login.kind !== 'bearer') throw new Error('http-json knows no login but bearer');
    refuseOtherSettings(contract, []);
    this.secretName = endpoint.login?.secret;
    this.http = new PartnerHttp(endpoint.baseUrl, {
      connections: contract.limits.inFlight,
      timeoutMs: durationMs(contract.limits.timeout),
    });
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve({
      kind: 'prepared',
      prepared: {
        operation: 'events',
        text: event.dataText,
        get item() {
          return event.data as Json;
        },
      },
    });
  }

  send(prepared: PreparedItem, _event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const post = (more: Record<string, string>): Promise<PartnerAnswer> =>
      this.http.post({
        path: '',
        headers: { 'content-type': 'application/json', 'idempotency-key': context.key, ...more },
        body: prepared.text ?? JSON.stringify(prepared.item),
        timeoutMs: context.timeoutMs,
      });
    if (this.secretName === undefined) return post({});
    return secretOr(context, this.secretName, (token) => post({ authorization: `Bearer ${token}` }));
  }

  close(): Promise<void> {
    return this.http.close();
  }
}
