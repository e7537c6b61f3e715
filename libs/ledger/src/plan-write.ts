import { chooseNext, type Form } from '#domain';
import type { PoolClient } from 'pg';
import type { Statement } from './database.js';
import type { ClaimedLane } from './lanes/claimed-lane.js';
import type { Direct } from './plan-decision.js';
import { LOAD, PLAN, REVOKES_NOTHING, WAKE_PARKED } from './plan.statements.js';

/** What one transaction plans of a lane. */
export interface NewLane {
  agency: string;
  stream: string;
  deadline: Date;
  deliveries: { sequence: number; form: Form; event: string }[];
}

/** A claim; without a stream: an agency some of whose lanes wait their turn. */
export interface Claim {
  agency_id: string;
  stream_id: string | null;
  sending: number;
  claim: number;
  known_as: string | null;
}

/** Deliveries and lanes, what is asked of whom, and how far each stream is planned. */
export async function writePlan(
  client: PoolClient,
  planned: readonly NewLane[],
  ask: [agency: string, stream: string, seconds: number][],
  reached: ReadonlyMap<string, number>,
  direct: Direct | undefined,
): Promise<Claim[]> {
  const d = planned.flatMap((lane) => lane.deliveries.map((delivery) => ({ lane, delivery })));
  const left = new Map([...(direct?.places ?? [])].map(([agency, { lanes }]) => [agency, lanes]));
  const revocations = planned.map((lane) => lane.deliveries.find((x) => x.form === 'revocation')?.sequence ?? null);
  const outSeconds = planned.map((lane, i) => {
    const places = left.get(lane.agency) ?? 0;
    if (places <= 0 || revocations[i] !== null) return null;
    left.set(lane.agency, places - 1);
    return direct!.places.get(lane.agency)!.outSeconds;
  });
  const { rows } = await client.query<Claim>({
    name: 'plan.write',
    text: PLAN,
    values: [
      direct?.worker ?? null,
      d.map((x) => x.lane.agency),
      d.map((x) => x.lane.stream),
      d.map((x) => x.delivery.sequence),
      d.map((x) => x.delivery.event),
      d.map((x) => x.delivery.form),
      planned.map((x) => x.agency),
      planned.map((x) => x.stream),
      planned.map((x) => x.deliveries.at(-1)!.sequence),
      planned.map((x) => x.deadline),
      revocations,
      planned.map(firstOf),
      outSeconds,
      ...[0, 1, 2].map((c) => ask.map((x) => x[c])),
      [...reached.keys()],
      [...reached.values()],
    ],
  });
  const wakes = planned.filter((lane) => lane.deliveries.some((x) => x.form === 'full'));
  if (wakes.length > 0)
    await client.query({
      name: 'plan.wake-parked',
      text: WAKE_PARKED,
      values: [wakes.map((x) => x.agency), wakes.map((x) => x.stream)],
    });
  const revoked = planned.filter((_, i) => revocations[i] !== null);
  if (revoked.length > 0)
    await client.query({
      name: 'plan.revokes-nothing',
      text: REVOKES_NOTHING,
      values: [revoked.map((x) => x.agency), revoked.map((x) => x.stream)],
    });
  return rows;
}

/** What an idle lane begins with: the newest of several full states that were planned together. */
function firstOf(lane: NewLane): number {
  const deliveries = lane.deliveries.map(
    ({ sequence, form }) => ({ sequence, form, state: 'open', taint: 'none' }) as const,
  );
  const choice = chooseNext({ done: 0, doubt: null, copyMayBeOut: false, deliveries, revocation: null }, false);
  return choice.kind === 'send' ? choice.sequence : deliveries[0]!.sequence;
}

/** What `direct` took is loaded together with the commit. */
export const loading = (claims: readonly Claim[], direct: Direct): Statement => ({
  name: 'plan.load',
  text: LOAD,
  values: [
    claims.map((c) => c.agency_id),
    claims.map((c) => c.stream_id),
    claims.map((c) => c.sending),
    claims.map((c) => c.claim),
    claims.map((c) => direct.places.get(c.agency_id)!.withCase),
    claims.map((c) => c.known_as),
  ],
});

export function loadedOf(lanes: readonly NewLane[], rows: ClaimedLane[]): ClaimedLane[] {
  const first = new Map(lanes.map((lane) => [`${lane.agency}/${lane.stream}`, lane.deliveries[0]!.sequence]));
  for (const lane of rows) {
    lane.purpose = 'send';
    lane.probing = false;
    lane.probes = 0;
    lane.covers = first.get(`${lane.agencyId}/${lane.streamId}`)! < lane.sequence ? 'superseded' : null;
  }
  return rows;
}
