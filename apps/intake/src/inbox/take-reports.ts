import type { Batch } from '#messaging';
import type { Log } from '#service';
import type { Refusal } from '../admit/refusal.js';
import type { EnterReport } from '../enter/enter-report.js';
import { readEvent } from '../push/read-event.js';

/** The batch must come again: what was entered of it gets the earlier answer then. */
class NotEntered extends Error {}

/** What an agency reports on its inbox. Who owns the topic is the sender, whatever the message says. */
export class TakeReports {
  constructor(
    private readonly enterReport: EnterReport,
    private readonly log: Log,
    private readonly count: (agency: string, code: string) => void,
  ) {}

  /** Ends when the whole batch is committed. What isn't acceptable is noted by its place and stops nothing. */
  async run(batch: Batch): Promise<void> {
    const sender = /^agency\.(.+)\.inbox$/.exec(batch.topic)?.[1];
    if (sender === undefined) throw new Error(`not an inbox: ${batch.topic}`);
    const refusals: Promise<Refusal | undefined>[] = [];
    for (const { raw } of batch.messages) {
      await this.enterReport.room();
      refusals.push(this.take(sender, raw));
    }
    const settled = await Promise.all(refusals);
    if (settled.some((refusal) => refusal?.code === 'unavailable')) throw new NotEntered('PostgreSQL is away');
    settled.forEach((refusal, i) => {
      if (!refusal) return;
      this.count(sender, refusal.code);
      const { topic, partition } = batch;
      const { offset } = batch.messages[i]!;
      this.log.warn(
        { topic, partition, offset, code: refusal.code, faults: refusal.faults },
        'an inbox message was not taken',
      );
    });
  }

  /** Why it isn't taken; undefined where the hub has it. */
  private async take(sender: string, raw: Buffer): Promise<Refusal | undefined> {
    const read = readEvent(raw);
    if (read.kind === 'refused') return read.refusal;
    const outcome = await this.enterReport.run(
      { sender, ...read.event, at: { data: '/data', code: '/subject' } },
      'inbox',
    );
    return outcome.kind === 'refused' ? outcome.refusal : undefined;
  }
}
