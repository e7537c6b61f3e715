import type { PartnerAnswer } from '#domain';
import type { ContractVersion } from '#wire';

import { prepareCloudEvent } from '../cloud-event.js';
import type {
  AppendToFeed,
  BatchItem,
  Connector,
  OutgoingEvent,
  Prepared,
  PreparedItem,
  SendContext,
  SeveralAnswer,
} from '../connector.js';
import { refuseOtherSettings } from '../settings.js';

const answered = (status: number, outcome: string): PartnerAnswer => ({
  kind: 'answered',
  status,
  contentType: 'application/json',
  text: JSON.stringify({ outcome }),
  json: { outcome },
});
const answers = {
  appended: answered(200, 'applied'),
  held: answered(200, 'applied'),
  conflicts: answered(409, 'conflict'),
};

/** An agency that reads its feed: acknowledged once the event stands in the ledger at its position. A repeat keeps it. */
export class FeedConnector implements Connector {
  readonly reads = 'event';

  constructor(
    contract: ContractVersion,
    private readonly agency: string,
    private readonly append: AppendToFeed,
  ) {
    refuseOtherSettings(contract, []);
  }

  prepare(event: OutgoingEvent, contract: ContractVersion): Promise<Prepared> {
    return Promise.resolve(prepareCloudEvent(event, contract));
  }

  async send(prepared: PreparedItem, event: OutgoingEvent, context: SendContext): Promise<PartnerAnswer> {
    const [answer] = await this.inTime([{ prepared, event }], context.timeoutMs);
    return answer!;
  }

  /** Any of them: they share one statement. */
  together(): string {
    return 'feed';
  }

  async sendSeveral(items: readonly BatchItem[], context: Pick<SendContext, 'timeoutMs'>): Promise<SeveralAnswer> {
    return { kind: 'rows', answers: await this.inTime(items, context.timeoutMs) };
  }

  /** The ledger belongs to the app. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** An append that failed or took too long may have happened all the same: a resend finds it by the event's id. */
  private async inTime(
    items: readonly Pick<BatchItem, 'prepared' | 'event'>[],
    timeoutMs: number,
  ): Promise<PartnerAnswer[]> {
    const none = (reason: string): PartnerAnswer[] => items.map(() => ({ kind: 'no-answer', reason }));
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<PartnerAnswer[]>((resolve) => {
      timer = setTimeout(() => resolve(none('not appended in time')), timeoutMs);
    });
    const events = items.map(({ prepared, event: { eventId, replay } }) => ({
      id: eventId,
      body: JSON.stringify(prepared.item),
      ...(replay === undefined ? {} : { replay }),
    }));
    const appended = this.append(this.agency, events).then(
      (outcomes) => outcomes.map((outcome) => answers[outcome]),
      () => none('the append was not acknowledged'),
    );
    try {
      return await Promise.race([appended, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
