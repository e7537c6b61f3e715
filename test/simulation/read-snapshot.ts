import type { Taint } from '#domain';
import type { Database } from '#ledger';
import type { DeliveryRow, LaneRow, Snapshot } from './lane-store.js';

/** The world's numbers of what the ledger knows by ids. */
export interface Numbers {
  streams: Map<string, number>;
  workers: Map<string, number>;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::bigint`;

const STAND = `select
  (select coalesce(json_agg(w.id::text), '[]') from workers w) as workers,
  (select coalesce(json_agg(l), '[]') from (select stream_id::text as stream, done, last, sending, claim, worker::text, doubt_at as "doubtAt", asked, wait,
     ${ms('wake_at')} as "wakeAt", ${ms('out_until')} as "outUntil", revoke_at as "revokeAt", probing from lanes where agency_id = $1) l) as lanes,
  (select coalesce(json_agg(d), '[]') from (select stream_id::text as stream, sequence, form, state, taint, revision, attempts,
     ${ms('first_attempt_at')} as "firstAt", stood_ms as "stoodAtFirst", as_update as "asUpdate" from deliveries where agency_id = $1 order by sequence) d) as deliveries,
  (select row_to_json(b) from (select state = 'open' as open, probes, probe_worker::text as "probeWorker", ${ms('wake_at')} as "wakeAt" from breakers where agency_id = $1) b) as breaker`;

interface Stand {
  workers: string[];
  lanes: (Omit<LaneRow, 'stream' | 'worker'> & { stream: string; worker: string | null })[];
  deliveries: (Omit<DeliveryRow, 'taint'> & { stream: string; taint: number })[];
  breaker: { open: boolean; probes: number; probeWorker: string | null; wakeAt: number | null } | null;
}

const TAINTS: readonly Taint[] = ['none', 'doubted', 'reaped'];

/** The agency's rows, in the world's numbers and the world's time. */
export async function readSnapshot(db: Database, agency: string, numbers: Numbers, epoch: number): Promise<Snapshot> {
  const { rows } = await db.query<Stand>('simulation.stand', STAND, [agency]);
  const { workers, lanes, deliveries, breaker } = rows[0]!;
  const at = (time: number | null): number | null => (time === null ? null : time - epoch);
  const numberOf = (worker: string | null): number | null => (worker === null ? null : numbers.workers.get(worker)!);
  const streamOf = (stream: string): number => numbers.streams.get(stream)!;
  return {
    workers: workers.map((w) => numbers.workers.get(w)!).sort((a, b) => a - b),
    lanes: lanes
      .map((l) => ({
        ...l,
        stream: streamOf(l.stream),
        worker: numberOf(l.worker),
        wakeAt: at(l.wakeAt),
        outUntil: at(l.outUntil),
      }))
      .sort((a, b) => a.stream - b.stream),
    deliveries: deliveries
      .map((d) => ({ ...d, stream: streamOf(d.stream), taint: TAINTS[d.taint]!, firstAt: at(d.firstAt) }))
      .sort((a, b) => a.stream - b.stream || a.sequence - b.sequence),
    breaker: breaker
      ? { ...breaker, probeWorker: numberOf(breaker.probeWorker), wakeAt: at(breaker.wakeAt) }
      : { open: false, probes: 0, probeWorker: null, wakeAt: null },
  };
}
