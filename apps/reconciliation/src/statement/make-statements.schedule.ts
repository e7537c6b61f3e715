import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { dueStatements, readAgencies, unsignedStatements, versionOn, type Agency, type DueStatement } from '#ledger';
import type { Log } from '#service';
import { waysOf } from '#wire';
import type { StatementOffice } from './statement-office.js';

const LOOK_MS = 30_000;

/**
 * Makes the statement of each closed day and agency, in the order of days: once its books were compared, or at the latest
 * `waitMs` after the close. Runs in every instance; a statement is made once all the same. A missing signature holds up nothing.
 */
export class MakeStatementsSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private making: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly office: StatementOffice,
    private readonly waitMs: number,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.making;
  }

  private look(): void {
    this.making ??= this.make()
      .catch((error: unknown) =>
        this.log.warn({ code: (error as { code?: string }).code ?? 'unknown' }, 'statements could not be made'),
      )
      .finally(() => (this.making = undefined));
  }

  /** One round. An agency whose turn hasn't come leaves its later days for another one, too: its chain has an order. */
  async make(): Promise<void> {
    const agencies = new Map((await readAgencies(this.office.db)).map((agency) => [agency.id, agency]));
    const waiting = new Set<string>();
    for (const due of await dueStatements(this.office.db)) {
      if (this.isStopping) return;
      if (waiting.has(due.agencyId)) continue;
      const made = this.isReady(due, agencies.get(due.agencyId))
        ? await this.office.make({ agency: due.agencyId, day: due.day }, true)
        : undefined;
      if (made?.outcome !== 'made' && made?.outcome !== 'already') waiting.add(due.agencyId);
    }
    const signer = await this.office.signer();
    if (!signer) return;
    for (const at of await unsignedStatements(this.office.db, signer.keyId))
      if (!this.isStopping) await this.office.sign(at, signer);
  }

  private isReady({ compared, waitedMs, day }: DueStatement, agency: Agency | undefined): boolean {
    const isCompared = waysOf(agency ? (versionOn(agency, day) ?? {}) : {}).some(({ by }) => by !== 'books');
    return compared || !isCompared || waitedMs >= this.waitMs;
  }
}
