import type { Connector, OutgoingEvent, Prepared, PreparedItem, RouteNote, SendContext, Steps } from '#connectors';
import { afterLookUp, classifyReply, nextStep, signOf, type Attempt, type Reply, type Sign, type Step } from '#domain';
import type { AttemptRecord, ClaimedLane } from '#ledger';
import { itemHash, textHash, traceparentOf, type ContractVersion } from '#wire';
import type { ContractTerms } from './contract-terms.js';
import { outgoing } from './outgoing.js';

export interface Partner {
  connector: Connector;
  contract: ContractVersion;
  terms: ContractTerms;
}

export interface Tools {
  secret(name: string): string;
  file(sha256: string): Promise<Buffer>;
  /** Asked before each request leaves: a worker whose lease has ended sends nothing. */
  mayStillSend(): boolean;
  /** For connectors that take several calls; undefined: what was kept can't be read while this worker lives. */
  steps?(lane: ClaimedLane): Promise<Steps | undefined>;
  /** Its step on the case's route, for an agency that gets cases by their route. */
  route?(lane: ClaimedLane, contract: ContractVersion): RouteNote | undefined;
}

/** How a claim ended, before it is committed. `sign`: what the partner's last answer says about the partner itself. */
export interface Ended {
  lane: ClaimedLane;
  step: Settled;
  attempts: AttemptRecord[];
  asUpdate: boolean;
  /** Bound by the first request; null: nothing ever left. */
  contractVersion: string | null;
  prepared: Ready | null;
  sign: Sign | null;
  /** Seconds, where the partner asked for time. */
  retryAfter?: number;
}

/** `turn`: nothing is wrong and nothing left; the lane takes its turn again. */
export type Settled = Exclude<Step, { kind: 'log-in-and-resend' } | { kind: 'send-as-update' }> | { kind: 'turn' };

/** A lane whose item is mapped and may be sent. */
export interface Ready {
  lane: ClaimedLane;
  event: OutgoingEvent;
  item: PreparedItem;
  hash: string;
  /** Monotonic, ms: the claim. All its requests share one time bound from there, because `out_until` was computed from it. */
  startedAt: number;
}

/** A session that expires this often in one claim is no session. */
export const MOST_LOG_INS = 3;

/** Maps a claimed lane's event to the partner's item; an operator's edit stands in its place. */
export async function prepareDelivery(
  lane: ClaimedLane,
  { connector, contract }: Partner,
  tools: Tools,
  startedAt: number,
): Promise<Ready | Ended> {
  const event = outgoing(lane, tools.route?.(lane, contract));
  const mapped = await connector.prepare(event, contract, (sha) => tools.file(sha));
  const item = asItLeft(itemOf(mapped, lane.edited), lane);
  if ('reason' in item)
    return endedUnsent(lane, {
      kind: 'parked',
      owner: 'ours',
      reason: item.reason,
      inDoubt: lane.inDoubt,
    });
  const hash = hashOf(item);
  return { lane, event, item, hash, startedAt };
}

/** A person's item goes as the mapping's operation, also where the mapping itself can't be done. */
function itemOf(mapped: Prepared, edited: string | null): PreparedItem | { reason: string } {
  const { operation } = mapped.kind === 'prepared' ? mapped.prepared : mapped;
  if (edited !== null && operation !== undefined)
    return { operation, text: edited, item: JSON.parse(edited) as PreparedItem['item'] };
  return mapped.kind === 'prepared' ? mapped.prepared : { reason: mapped.reason };
}

/** A contract that maps otherwise by now changes nothing of what the partner may hold under this key. */
function asItLeft(item: PreparedItem | { reason: string }, { sent, sentAs }: ClaimedLane) {
  if (!sent || !sentAs || (!('reason' in item) && hashOf(item) === textHash(sent))) return item;
  return { operation: sentAs, text: sent, item: JSON.parse(sent) as PreparedItem['item'] };
}

const hashOf = ({ item, text }: PreparedItem): string => (text === undefined ? itemHash(item) : textHash(text));

/** One claim of one lane, from its mapped item to the step that its outcome commits. */
export async function attemptDelivery(ready: Ready, partner: Partner, tools: Tools): Promise<Ended> {
  const { connector, contract, terms } = partner;
  const { lane, item, event } = ready;
  const clock = clockOf(ready);
  const attempt = attemptOf(lane);
  const attempts: AttemptRecord[] = [];
  const context: SendContext = {
    ...contextOf(ready, partner, tools),
    asUpdate: lane.asUpdate,
    key: keyOf(lane),
    traceparent: traceparentOf(lane.eventId, 'deliver'),
  };
  const done = (step: Settled, reply?: Reply, asUpdate = lane.asUpdate): Ended =>
    ended(ready, contract, step, attempts, asUpdate, reply);

  if (lane.purpose === 'ask') {
    if (!tools.mayStillSend()) return done({ kind: 'turn' });
    const asked = Date.now();
    const said = connector.lookUp ? await connector.lookUp(item, event, context) : ({ kind: 'unknown' } as const);
    const step = afterLookUp(attempt, said, terms.policy, clock(), Math.random());
    attempts.push(recordOf(ready, asked, `look-up: ${said.kind}`, null));
    return done(step, said.kind === 'busy' ? { kind: 'busy', reason: said.reason } : { kind: 'accepted' });
  }

  if (connector.inSteps) {
    const steps = await tools.steps?.(lane);
    if (!steps) return done({ kind: 'turn' });
    Object.assign(context, { steps });
  }
  for (let request = 1; ; request++) {
    context.timeoutMs = terms.timeoutMs - (performance.now() - ready.startedAt);
    // It waited here too long to get the answer in what is left: better another turn than a needless doubt.
    const least = request === 1 ? terms.timeoutMs / 4 : 1;
    if (!tools.mayStillSend() || context.timeoutMs < least) return done({ kind: 'turn' });
    const sent = Date.now();
    const answer = await connector.send(item, event, context);
    if (answer.kind === 'unmade') {
      attempts.push(recordOf(ready, sent, answer.kind, answer.reason));
      return done({ kind: 'parked', owner: 'ours', reason: answer.reason, inDoubt: lane.inDoubt });
    }
    const reply = classifyReply(answer, item.operation, contract.replies);
    const step = nextStep(attempt, reply, terms.policy, clock(), Math.random());
    attempts.push(recordOf(ready, sent, step.kind, 'reason' in reply ? reply.reason : null));
    if (step.kind === 'send-as-update') {
      if (lane.asUpdate) return done(contradiction('as an update it is already held, too', lane), reply);
      // Committed before the update leaves: whoever takes over after a crash resends an update, not an add.
      return done({ kind: 'turn' }, reply, true);
    }
    if (step.kind !== 'log-in-and-resend') return done(step, reply);
    if (request > MOST_LOG_INS) return done(contradiction('each new session is expired at once', lane), reply);
    connector.forgetSession?.();
  }
}

/** Same key, same item bytes: f(event, agency, revision), the agency being whom it is sent to. */
export const keyOf = (lane: ClaimedLane): string => `${lane.eventId}.${lane.revision}`;

export const attemptOf = (lane: ClaimedLane): Attempt => ({
  number: lane.attempts + 1,
  inDoubt: lane.inDoubt,
  reaped: lane.reaped,
  firstAt: lane.firstAttemptAt ?? lane.now,
  stoodStillMs: lane.stoodAtFirstMs === null ? 0 : lane.stoodMs - lane.stoodAtFirstMs,
});

/** PostgreSQL's clock, carried on from the claim. */
export const clockOf = (ready: Ready) => (): number => ready.lane.now + (performance.now() - ready.startedAt);

export const contextOf = (ready: Ready, { contract, terms }: Partner, tools: Tools) => ({
  contract,
  timeoutMs: Math.max(1, terms.timeoutMs - (performance.now() - ready.startedAt)),
  secret: (name: string) => tools.secret(name),
  file: (sha256: string) => tools.file(sha256),
});

export const contradiction = (reason: string, lane: ClaimedLane): Settled => ({
  kind: 'parked',
  owner: 'theirs',
  reason,
  inDoubt: lane.inDoubt,
});

export function recordOf(ready: Ready, startedAt: number, outcome: string, reply: string | null): AttemptRecord {
  const { item, hash, lane } = ready;
  return {
    operation: item.operation,
    itemHash: hash,
    startedAt,
    endedAt: Date.now(),
    outcome,
    inDoubt: lane.inDoubt,
    reply,
  };
}

export function ended(
  ready: Ready,
  contract: ContractVersion,
  step: Settled,
  attempts: AttemptRecord[],
  asUpdate: boolean,
  reply?: Reply,
): Ended {
  return {
    lane: ready.lane,
    step,
    attempts,
    asUpdate,
    contractVersion: attempts.length > 0 ? contract.validFrom : ready.lane.contractVersion,
    prepared: ready,
    sign: reply ? signOf(reply) : null,
    ...(reply?.kind === 'busy' && reply.retryAfter !== undefined ? { retryAfter: reply.retryAfter } : {}),
  };
}

/** Nothing left for the partner under this claim. */
export const endedUnsent = (lane: ClaimedLane, step: Settled): Ended => ({
  lane,
  step,
  attempts: [],
  asUpdate: lane.asUpdate,
  contractVersion: lane.contractVersion,
  prepared: null,
  sign: null,
});
