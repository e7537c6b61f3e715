import type { ClaimedLane } from '#ledger';
import type { Log } from '#service';
import {
  attemptDelivery,
  endedUnsent,
  prepareDelivery,
  type Ended,
  type Partner,
  type Ready,
  type Tools,
} from './attempt-delivery.js';
import { attemptSeveral, groupsOf } from './attempt-several.js';

/** A lane that this process holds, from its claim on. */
export interface Held {
  lane: ClaimedLane;
  /** Monotonic, ms: before the claim was committed. */
  startedAt: number;
  /** Deliveries of the lane in a row under claims that followed one another. */
  inARow: number;
}

export interface RunPorts {
  agency: string;
  tools: Tools;
  log: Log;
  /** By the version that a delivery is bound to; '' is today's. A sentence says why there is none; undefined: paused meanwhile. */
  partner(version: string): Partner | string | undefined;
  /** Nothing of it may leave by the version that it is bound to, and nothing of it has. */
  isOutdated(lane: ClaimedLane): boolean;
}

/** Takes claims to their end at the partner. Never throws: a failure of ours is an end, too. */
export class RunClaims {
  constructor(private readonly ports: RunPorts) {}

  /** The usual case, without the book-keeping of several. */
  async one({ lane, startedAt }: Held): Promise<Ended> {
    if (this.ports.isOutdated(lane)) return endedUnsent(lane, { kind: 'turn' });
    const partner = this.ports.partner(lane.contractVersion ?? '');
    if (partner === undefined) return endedUnsent(lane, { kind: 'turn' });
    if (typeof partner === 'string') return unreachable(lane, partner);
    const prepared = await this.prepare(lane, partner, startedAt);
    if ('step' in prepared) return prepared;
    try {
      return await attemptDelivery(prepared, partner, this.ports.tools);
    } catch (error) {
      return this.failed(lane, error, true);
    }
  }

  /** By one request if they may share it, else by one after the other. */
  async several(some: readonly Held[]): Promise<Ended[]> {
    const outdated = some.filter(({ lane }) => this.ports.isOutdated(lane));
    const ends: Ended[] = outdated.map(({ lane }) => endedUnsent(lane, { kind: 'turn' }));
    const current = some.filter((held) => !outdated.includes(held));
    for (const [version, those] of Map.groupBy(current, ({ lane }) => lane.contractVersion ?? '')) {
      const partner = this.ports.partner(version);
      if (partner === undefined || typeof partner === 'string') {
        const end = (lane: ClaimedLane): Ended =>
          partner === undefined ? endedUnsent(lane, { kind: 'turn' }) : unreachable(lane, partner);
        ends.push(...those.map(({ lane }) => end(lane)));
        continue;
      }
      const ready: Ready[] = [];
      for (const { lane, startedAt } of those) {
        const prepared = await this.prepare(lane, partner, startedAt);
        if ('step' in prepared) ends.push(prepared);
        else ready.push(prepared);
      }
      for (const group of groupsOf(ready, partner)) ends.push(...(await this.attempt(group, partner)));
    }
    return ends;
  }

  private async prepare(lane: ClaimedLane, partner: Partner, startedAt: number): Promise<Ready | Ended> {
    try {
      return await prepareDelivery(lane, partner, this.ports.tools, startedAt);
    } catch (error) {
      return this.failed(lane, error, lane.inDoubt);
    }
  }

  private async attempt(group: readonly Ready[], partner: Partner): Promise<Ended[]> {
    try {
      return await attemptSeveral(group, partner, this.ports.tools);
    } catch (error) {
      return group.map(({ lane }) => this.failed(lane, error, true));
    }
  }

  /** A bug or a missing secret or file: ours to repair, and it may have happened after a request left. */
  private failed(lane: ClaimedLane, error: unknown, inDoubt: boolean): Ended {
    const reason = `our side failed: ${nameOf(error)}`;
    this.ports.log.error(
      { agency: this.ports.agency, stream: lane.streamId, error: nameOf(error) },
      'delivery failed on our side',
    );
    return endedUnsent(lane, { kind: 'parked', owner: 'ours', reason, inDoubt });
  }
}

const unreachable = (lane: ClaimedLane, reason: string): Ended =>
  endedUnsent(lane, { kind: 'parked', owner: 'ours', reason, inDoubt: lane.inDoubt });

/** Class and code only: a message may quote data. */
export const nameOf = (error: unknown): string => {
  const { name, code } = error as { name?: string; code?: string };
  return [name ?? 'error', code].filter(Boolean).join(' ');
};
