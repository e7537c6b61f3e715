import type { PartnerAnswer } from '#domain';
import { subjectOf, type ContractVersion } from '#wire';

import { besideEvent, cloudEventType, prepareCloudEvent } from '../cloud-event.js';
import type { Connector, OutgoingEvent, Prepared, PreparedItem, PublishToTopic, SendContext } from '../connector.js';
import { refuseOtherSettings } from '../settings.js';

const published: PartnerAnswer = {
  kind: 'answered',
  status: 200,
  contentType: 'application/json',
  text: '{"outcome":"applied"}',
  json: { outcome: 'applied' },
};

/** An agency that reads its own topic: acknowledged once every in-sync replica has it. A repeat has the same id. */
export class TopicConnector implements Connector {
  readonly reads = 'event';
  constructor(
    contract: ContractVersion,
    private readonly agency: string,
    private readonly publish: PublishToTopic,
  ) {
    refuseOtherSettings(contract, []);
  }

  prepare(event: OutgoingEvent, contract: ContractVersion): Promise<Prepared> {
    return Promise.resolve(prepareCloudEvent(event, contract));
  }

  /** A publish that failed or took too long may have happened all the same. */
  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<PartnerAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'no-answer', reason: 'no acknowledgement in time' }), context.timeoutMs);
    });
    const sent = this.publish({
      agency: this.agency,
      key: subjectOf(event.caseCode),
      value: JSON.stringify(prepared.item),
      headers: {
        'content-type': cloudEventType,
        ...besideEvent(event, context.contract),
        ...(context.traceparent ? { traceparent: context.traceparent } : {}),
      },
    }).then(
      () => published,
      (error: unknown): PartnerAnswer =>
        // The producer says by this name that it never sent: Kafka could not be reached.
        (error as { name?: string }).name === 'KafkaUnavailable'
          ? { kind: 'unsent', reason: 'Kafka is away' }
          : { kind: 'no-answer', reason: 'the publish was not acknowledged' },
    );
    try {
      return await Promise.race([sent, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The producer belongs to the app. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
