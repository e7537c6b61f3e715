import { randomUUID } from 'node:crypto';

import { enterCase } from './enter-case.js';
import { exampleForm } from './example.js';
import type { CounterOptions } from './options.js';
import type { StandInsClient } from './stand-ins-client.js';

/** How long the counter keeps a result before the citizen comes for it. */
const HANDED_OVER_AFTER_MS = 10_000;

/** Live traffic for a hub that nobody uses yet: somebody who doesn't exist comes to the counter every so often. */
export class EnterExamples {
  private timer: NodeJS.Timeout | undefined;
  private visitors = Math.floor(Date.now() / 1_000);

  constructor(
    private readonly standIns: StandInsClient,
    private readonly options: CounterOptions,
  ) {}

  start(everyMs: number): void {
    if (everyMs <= 0) return;
    // A one-stop that doesn't answer has no visitors: the next one comes when it is their time.
    this.timer = setInterval(() => void this.enterOne().catch(() => undefined), everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async enterOne(): Promise<void> {
    const code = await this.standIns.nextCode();
    const event = { data: { status: 10, note: 'Đã trả cho chủ hồ sơ' } };
    await this.standIns.submit({
      key: randomUUID(),
      case: enterCase(code, exampleForm(this.visitors++), this.options, new Date()),
      afterResult: { delayMs: HANDED_OVER_AFTER_MS, event },
    });
  }
}
