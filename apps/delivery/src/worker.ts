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
  private heartbeat: NodeJS.Timeout | undefined;
  private nameHolder: PoolClient | undefined;

  constructor(
    private readonly db: Database,
    private readonly instance: string,
    private readonly log: Log,
    private readonly onReaped: () => void,
  ) {}

  async start(): Promise<void> {
    const sent = performance.now();
    this.id = await enlist(this.db, this.instance);
    this.aliveUntil = sent + LEASE_SECONDS * 1_000;
    await this.takeName();
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS);
  }

  /** Asked before each request leaves. */
  isAlive(): boolean {
    return performance.now() < this.aliveUntil;
  }

  async stop(): Promise<void> {
    clearInterval(this.heartbeat);
    await retire(this.db, this.id).catch(() => undefined);
    this.nameHolder?.release(true);
  }

  private async beat(): Promise<void> {
    const sent = performance.now();
    try {
      if (!(await renewLease(this.db, this.id))) {
        this.log.error({ worker: this.id }, 'reaped: another process took this worker for dead; ending');
        this.onReaped();
        return;
      }
      this.aliveUntil = Math.max(this.aliveUntil, sent + LEASE_SECONDS * 1_000);
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
