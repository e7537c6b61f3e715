import {
  enlist,
  LEASE_SECONDS,
  LOCKS,
  reapDead,
  reapPredecessors,
  renewLease,
  retire,
  tryLock,
  type Database,
  type WorkerRank,
} from '#ledger';
import type { Log } from '#service';
import type { PoolClient } from 'pg';

const HEARTBEAT_MS = 1_000;

/**
 * This incarnation of the process in the ledger. Everything claimed is claimed under its id; once its row is gone it
 * writes nothing more. The lease is judged here on a monotonic clock, from before the renewal was sent.
 */
export class Worker {
  id = '';
  private aliveUntil = 0;
  private rank: WorkerRank | undefined;
  private startedAt = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  private nameHolder: PoolClient | undefined;

  constructor(
    private readonly db: Database,
    private readonly instance: string,
    private readonly log: Log,
    private readonly onReaped: () => void,
    private readonly onRank?: () => void,
  ) {}

  async start(): Promise<void> {
    const sent = performance.now();
    this.id = await enlist(this.db, this.instance);
    this.startedAt = sent;
    this.aliveUntil = sent + LEASE_SECONDS * 1_000;
    await this.takeName();
    await this.beat();
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS);
  }

  /** Asked before each request leaves. */
  isAlive(): boolean {
    return performance.now() < this.aliveUntil;
  }

  /**
   * This worker's place among the living, which decides its share of every limit. Undefined for a newcomer among others:
   * for one lease they may still act on shares that leave it none.
   */
  place(): WorkerRank | undefined {
    const settled = performance.now() - this.startedAt > LEASE_SECONDS * 1_000;
    return settled || this.rank?.workers === 1 ? this.rank : undefined;
  }

  async stop(): Promise<void> {
    clearInterval(this.heartbeat);
    await retire(this.db, this.id).catch(() => undefined);
    this.nameHolder?.release(true);
  }

  private async beat(): Promise<void> {
    const sent = performance.now();
    try {
      const rank = await renewLease(this.db, this.id);
      if (!rank) {
        this.log.error({ worker: this.id }, 'reaped: another process took this worker for dead; ending');
        this.onReaped();
        return;
      }
      this.aliveUntil = Math.max(this.aliveUntil, sent + LEASE_SECONDS * 1_000);
      if (this.rank?.workers !== rank.workers || this.rank.rank !== rank.rank) this.onRank?.();
      this.rank = rank;
      const reaped = await reapDead(this.db, this.id);
      if (reaped.length > 0) this.log.warn({ lanes: reaped.length }, 'reaped a dead worker; its lanes are in doubt');
      if (!this.nameHolder) await this.takeName();
    } catch (error) {
      this.log.warn({ code: (error as { code?: string }).code ?? 'unknown' }, 'heartbeat not written');
    }
  }

  /** Only the holder of the name's lock may reap earlier incarnations before their lease ends. */
  private async takeName(): Promise<void> {
    const client = await this.db.pool.connect();
    let held = false;
    client.on('error', () => {
      if (this.nameHolder !== client) return;
      this.nameHolder = undefined;
      client.release(true);
    });
    try {
      held = await tryLock(client, LOCKS.instance, this.instance);
    } finally {
      // Closed and not given back: it carries this listener.
      if (!held) client.release(true);
    }
    if (!held) return;
    this.nameHolder = client;
    const reaped = await reapPredecessors(this.db, this.instance, this.id);
    if (reaped.length > 0)
      this.log.warn({ lanes: reaped.length }, 'took over from a predecessor; its lanes are in doubt');
  }
}
