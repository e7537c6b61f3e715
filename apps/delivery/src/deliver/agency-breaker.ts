import { failuresAfter, probeWait, type Sign } from '#domain';
import { closeBreaker, openBreaker, takeProbe, type Breaker, type Database } from '#ledger';
import type { Log } from '#service';
import { Gauge } from 'prom-client';
import type { ContractTerms } from './contract-terms.js';

const open = new Gauge({
  name: 'lienthong_breaker_open',
  help: '1 while nothing but one probe at a time is sent to this agency.',
  labelNames: ['agency'],
});

const STANDS_MS = 2_000;

/** This process's view of one agency's breaker. What holds is its row in the ledger: every claim asks that, too. */
export class AgencyBreaker {
  private failures = 0;
  private opening = false;
  private wakeAt: number | undefined;

  constructor(
    private readonly agency: string,
    private readonly db: Database,
    private readonly log: Log,
    /** It opened, or closed: by this process, or as the ledger says. */
    private readonly onChange: (isOpen: boolean) => void,
  ) {}

  isOpen(): boolean {
    return this.opening || this.wakeAt !== undefined;
  }

  /** Failures in a row, over all lanes: the last of them opens it. */
  heard(sign: Sign | null, reason: string, retryAfter: number | undefined, terms: ContractTerms): void {
    if (sign === null || this.isOpen()) return;
    this.failures = failuresAfter(this.failures, sign);
    if (this.failures < terms.breaker.opensAfter) return;
    this.open(reason, Math.max(probeWait(1, terms.breaker, Math.random()), (retryAfter ?? 0) * 1_000));
  }

  /** Nothing can be sent, for a reason on our side: looked at again in a while. */
  standStill(reason: string): void {
    if (!this.isOpen()) this.open(reason, STANDS_MS);
  }

  private open(reason: string, waitMs: number): void {
    this.opening = true;
    open.set({ agency: this.agency }, 1);
    this.onChange(true);
    void openBreaker(this.db, this.agency, reason, waitMs)
      .then((opened) => {
        if (opened) this.log.warn({ agency: this.agency }, 'breaker open: one probe at a time');
        this.wakeAt = Date.now() + waitMs;
      })
      .catch((error: unknown) =>
        this.log.warn(
          { agency: this.agency, code: (error as { code?: string }).code ?? 'unknown' },
          'breaker not opened',
        ),
      )
      .finally(() => (this.opening = false));
  }

  /** What the ledger says, read every moment for all agencies. */
  read(row: Breaker | undefined): void {
    if (this.opening) return;
    const wasOpen = this.wakeAt !== undefined;
    this.wakeAt = row ? row.wakeAt.getTime() : undefined;
    open.set({ agency: this.agency }, row ? 1 : 0);
    if (wasOpen === (row !== undefined)) return;
    if (!row) this.closed();
    this.onChange(row !== undefined);
  }

  /** The probe answered: its outcome is committed. */
  closedByProbe(): void {
    if (this.wakeAt === undefined) return;
    this.wakeAt = undefined;
    open.set({ agency: this.agency }, 0);
    this.log.info({ agency: this.agency }, 'breaker closed: the partner answers again');
    this.closed();
    this.onChange(false);
  }

  /** This process's turn to ask, or undefined. */
  takeProbe(worker: string): Promise<{ probes: number } | undefined> {
    return takeProbe(this.db, worker, this.agency);
  }

  /** Nothing waits for this agency: there is nothing to ask with. The next failure opens it again. */
  async closeWithoutProbe(worker: string): Promise<void> {
    await closeBreaker(this.db, worker, this.agency);
    this.closedByProbe();
    this.failures = Infinity;
  }

  private closed(): void {
    this.failures = 0;
  }
}
