import type { CrossRead } from './cross-read.js';
import { partnerNames } from '../partners/terms.js';

/** 1. Every 202 that a client logged is in the ledger once, at the place and with the hash that it was told. */
export function every202IsInTheLedgerOnce({ evidence, entered }: CrossRead): string[] {
  const codes = new Map(evidence.ledger.streams.map(({ stream, code }) => [stream, code]));
  const held = Map.groupBy(evidence.ledger.events, ({ id }) => id);
  return [...entered].flatMap(([id, { code, sequence, hash }]) => {
    const events = held.get(id) ?? [];
    if (events.length !== 1) return [`${code} event ${id}: ${events.length} times in the ledger`];
    const [event] = events;
    return codes.get(event!.stream) === code && event!.sequence === sequence && event!.hash === hash
      ? []
      : [`${code} event ${id}: told ${sequence} ${hash}, in the ledger ${event!.sequence} ${event!.hash}`];
  });
}

/** 2. Sequences have no gap, chains verify; at rest planned = last. */
export function sequencesHaveNoGap({ evidence: { ledger } }: CrossRead): string[] {
  const byStream = Map.groupBy(ledger.events, ({ stream }) => stream);
  return [
    ...ledger.brokenChains.map((chain) => `chain of ${chain} does not verify`),
    ...ledger.streams.flatMap(({ stream, code, last, planned }) => {
      const sequences = (byStream.get(stream) ?? []).map(({ sequence }) => sequence).sort((a, b) => a - b);
      const gapless = sequences.length === last && sequences.every((sequence, i) => sequence === i + 1);
      return [
        ...(gapless ? [] : [`${code}: sequences ${sequences.join(' ')}, last ${last}`]),
        ...(planned === last ? [] : [`${code}: planned ${planned} of ${last}`]),
      ];
    }),
  ];
}

/** 3. One delivery per event and entitled agency: here each of the four partners must know of each event. */
export function oneDeliveryAnEventAndPartner({ evidence: { ledger } }: CrossRead): string[] {
  const wanted = new Set(ledger.events.flatMap(({ id }) => partnerNames.map((name) => `${name} ${id}`)));
  const planned = ledger.deliveries.map(({ agency, eventId }) => `${agency} ${eventId}`);
  const there = new Set(planned);
  return [
    ...[...wanted].filter((one) => !there.has(one)).map((one) => `${one}: no delivery`),
    ...planned.filter((one) => !wanted.has(one)).map((one) => `${one}: a delivery to whom it doesn't concern`),
    ...(there.size === planned.length ? [] : [`${planned.length - there.size} deliveries are there twice`]),
  ];
}

/** 4. Planned = acknowledged + superseded + closed + carried forward: what lies behind a lane's `done` has ended, the rest hasn't. */
export function everyDeliveryIsAccountedFor({ evidence: { ledger } }: CrossRead): string[] {
  const lanes = new Map(ledger.lanes.map((lane) => [`${lane.agency} ${lane.stream}`, lane]));
  const ended = (state: string): boolean => state !== 'open' && state !== 'parked';
  return ledger.deliveries.flatMap(({ agency, stream, sequence, state }) => {
    const lane = lanes.get(`${agency} ${stream}`);
    const where = `${agency} stream ${stream} ${sequence}`;
    if (!lane) return [`${where}: no lane`];
    if (sequence > lane.last) return [`${where}: beyond its lane's last ${lane.last}`];
    if (sequence <= lane.done && !ended(state)) return [`${where}: ${state}, but its lane is done to ${lane.done}`];
    return lane.done === lane.last && !ended(state) ? [`${where}: ${state} in a finished lane`] : [];
  });
}

/** 10. A reaped worker writes nothing: no attempt of its own after the reaper's. */
export function aReapedWorkerWritesNothing({ evidence: { ledger } }: CrossRead): string[] {
  const reaped = new Map<string, number>();
  return ledger.attempts.flatMap(({ id, worker, outcome, agency, stream, sequence }) => {
    if (outcome === 'reaped') reaped.set(worker, Math.min(id, reaped.get(worker) ?? id));
    else if (id > (reaped.get(worker) ?? Infinity))
      return [`worker ${worker} wrote attempt ${id} (${agency} stream ${stream} ${sequence}) after it was reaped`];
    return [];
  });
}

/** 12. Superseded ⇒ a later delivery of the lane is acknowledged. */
export function supersededByAnAcknowledged({ evidence: { ledger } }: CrossRead): string[] {
  const newest = new Map<string, number>();
  for (const { agency, stream, sequence, state } of ledger.deliveries)
    if (state === 'acknowledged')
      newest.set(`${agency} ${stream}`, Math.max(sequence, newest.get(`${agency} ${stream}`) ?? 0));
  return ledger.deliveries
    .filter((d) => d.state === 'superseded' && (newest.get(`${d.agency} ${d.stream}`) ?? 0) <= d.sequence)
    .map((d) => `${d.agency} stream ${d.stream} ${d.sequence}: superseded, and nothing later is acknowledged`);
}

/** 15. Whatever was flushed, deleted or read again: no event that nobody sent, none twice. */
export function nothingNew({ evidence: { ledger, sent }, entered }: CrossRead): string[] {
  // One whose answer never came may be there all the same.
  const unanswered = new Set(sent.filter(({ status }) => status === null).map(({ code }) => code));
  const codes = new Map(ledger.streams.map(({ stream, code }) => [stream, code]));
  return ledger.events
    .filter(({ id, stream }) => !entered.has(id) && !unanswered.has(codes.get(stream) ?? ''))
    .map(
      ({ id, stream, sequence }) =>
        `${codes.get(stream)} ${sequence}: event ${id} is in the ledger, and nobody sent it`,
    );
}

/** 16. Every open lane has a worker that is alive, a timer, its turn, a person, or a paused agency. */
export function everyOpenLaneIsSomebodys({ evidence: { ledger } }: CrossRead): string[] {
  const alive = new Set(ledger.workers);
  return ledger.lanes.flatMap(({ agency, stream, done, last, worker, wait, wakeAt }) => {
    const where = `${agency} stream ${stream} (${done} of ${last})`;
    if (worker !== null) return alive.has(worker) ? [] : [`${where}: held by worker ${worker}, which is no more`];
    if (done >= last || ledger.paused.includes(agency)) return [];
    if (wait === 'timer' && wakeAt === null) return [`${where}: a timer without a time`];
    return wait === null ? [`${where}: open, and nobody's`] : [];
  });
}

/** 21. Each attempt's contract version was the one in force when it began. */
export function everyContractVersionWasInForce({ evidence: { ledger } }: CrossRead): string[] {
  const versions = Map.groupBy(ledger.contracts, ({ agency }) => agency);
  return ledger.attempts.flatMap(({ id, agency, contractVersion, startedAt, outcome }) => {
    if (outcome === 'reaped') return [];
    const day = new Date(startedAt + 7 * 3_600_000).toISOString().slice(0, 10);
    const inForce = (versions.get(agency) ?? [])
      .map(({ validFrom }) => validFrom)
      .filter((from) => from <= day)
      .sort()
      .pop();
    return contractVersion === inForce
      ? []
      : [`attempt ${id} at ${agency}: contract ${contractVersion}, in force was ${inForce}`];
  });
}

/** 22. Fan-out ends: it came to rest, and no agency but the sender has reported anything. */
export function fanOutEnds({ evidence: { ledger, moments } }: CrossRead): string[] {
  return [
    ...(moments.restedAt === null ? ['it did not come to rest'] : []),
    ...ledger.events
      .filter(({ sender }) => sender !== 'mot-cua')
      .map(({ id, sender }) => `event ${id} came from ${sender}`),
  ];
}
