import type { PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { besideEvent, cloudEventType, prepareCloudEvent } from '../cloud-event.js';
import type { Connector, OutgoingEvent, Prepared, PreparedItem, SendContext } from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { endpointOf, refuseOtherSettings } from '../settings.js';
import { keyOf, sign } from './sign.js';

const names = caseNames('caseCode', 'eventId');

/** An agency's own address, called as Standard Webhooks has it: signed, and every retry under the event's id. */
export class WebhookConnector implements Connector {
  readonly reads = 'event';
  private readonly http: PartnerHttp;
  private readonly secrets: readonly string[];
  private readonly path: string;

  constructor(contract: ContractVersion) {
    const { baseUrl, login } = endpointOf(contract, 'webhook');
    refuseOtherSettings(contract, []);
    this.secrets = login.secrets;
    this.path = endOf(baseUrl);
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
  }

  prepare(event: OutgoingEvent, contract: ContractVersion): Promise<Prepared> {
    return Promise.resolve(prepareCloudEvent(event, contract));
  }

  async send({ item }: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const keys: Buffer[] = [];
    for (const name of this.secrets) {
      const key = readKey(context, name);
      if (typeof key === 'string') return { kind: 'unsent', reason: `could not be sent: ${key}` };
      keys.push(key);
    }
    const body = JSON.stringify(item);
    const timestamp = Math.floor(Date.now() / 1_000);
    const answer = await this.http.post({
      path: this.path,
      headers: [
        ...['accept', 'application/json', 'content-type', cloudEventType],
        ...['webhook-id', event.eventId, 'webhook-timestamp', String(timestamp)],
        ...['webhook-signature', sign({ id: event.eventId, timestamp, body }, keys)],
        ...Object.entries(besideEvent(event, context.contract)).flat(),
        ...(context.traceparent ? ['traceparent', context.traceparent] : []),
      ],
      body,
      timeoutMs: context.timeoutMs,
    });
    return answersFor(names, answer, () => [event.caseCode, event.eventId]);
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }
}

/** The key, or why there is none: ours to repair, and no fault of the case. */
function readKey(context: SendContext, name: string): Buffer | string {
  let secret: string;
  try {
    secret = context.secret(name);
  } catch {
    return `the secret ${name} can't be read`;
  }
  return keyOf(secret) ?? `the secret ${name} is not whsec_ and the base64 of 24 to 64 bytes`;
}

/** What PartnerHttp leaves off an address that is meant to the letter: its last slash and its query. */
function endOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname.slice(pathname.replace(/\/+$/, '').length) + search;
}
