import type { Connector, OutgoingEvent, PreparedItem, SendContext } from '#connectors';
import {
  afterLookUp,
  classifyReply,
  durationMs,
  fingerprint,
  nextStep,
  type Attempt,
  type DeliveryPolicy,
  type Step,
} from '#domain';
import type { AttemptRecord, ClaimedLane, Outcome } from '#ledger';
import { itemHash, traceparentOf, type CaseApplication, type CaseStatus, type ContractVersion } from '#wire';

export interface Partner {
  connector: Connector;
  contract: ContractVersion;
}

export interface Tools {
  secret(name: string): string;
  file(sha256: string): Promise<Buffer>;
  /** Asked before each request leaves: a worker whose lease has ended sends nothing. */
  mayStillSend(): boolean;
}

/** A session that expires this often in one claim is no session. */
const MOST_LOG_INS = 3;

/**
 * One claim of one lane, from mapping to the step that its outcome commits. All requests of the claim share one time
 * bound that began with the claim, because `out_until` on the lane was computed from it.
 */
export async function attemptDelivery(
  lane: ClaimedLane,
  partner: Partner,
  tools: Tools,
  startedAt: number,
): Promise<Outcome> {
  const { connector, contract } = partner;
  const event = outgoing(lane);
  const record: AttemptRecord[] = [];
  let asUpdate = lane.asUpdate;
  const done = (step: Settled, prepared?: { item: PreparedItem; hash: string }): Outcome =>
    outcomeOf(lane, contract, step, record, asUpdate, prepared);
  const mapped = await connector.prepare(event, contract, (sha) => tools.file(sha));
  if (mapped.kind === 'unmappable')
    return done({ kind: 'parked', owner: 'ours', reason: mapped.reason, inDoubt: lane.inDoubt });
  const item = mapped.prepared;
  const prepared = { item, hash: itemHash(item.item) };

  const policy = policyOf(contract);
  const attempt: Attempt = {
    number: lane.attempts + 1,
    inDoubt: lane.inDoubt,
    firstAt: (lane.firstAttemptAt ?? lane.now).getTime(),
  };
  const whole = durationMs(contract.limits.timeout);
  const context = (): SendContext => ({
    contract,
    timeoutMs: Math.max(1, whole - (performance.now() - startedAt)),
    secret: (name) => tools.secret(name),
    asUpdate,
    key: `${lane.eventId}.${lane.revision}`,
    traceparent: traceparentOf(lane.eventId, 'deliver'),
  });
  const now = (): number => lane.now.getTime() + (performance.now() - startedAt);

  if (lane.inDoubt && connector.lookUp) {
    if (!tools.mayStillSend()) return done({ kind: 'turn' });
    const asked = new Date();
    const said = await connector.lookUp(item, event, context());
    const step = afterLookUp(attempt, said, policy, now(), Math.random());
    record.push(recordOf(item, prepared.hash, asked, `look-up: ${said.kind}`, true, null));
    if (step.kind !== 'resend') return done(settled(step), prepared);
  }

  for (let request = 1; ; request++) {
    if (!tools.mayStillSend() || performance.now() - startedAt >= whole) return done({ kind: 'turn' }, prepared);
    const sent = new Date();
    const answer = await connector.send(item, event, context());
    const reply = classifyReply(answer, item.operation, contract.replies);
    const step = nextStep(attempt, reply, policy, now(), Math.random());
    record.push(
      recordOf(item, prepared.hash, sent, step.kind, attempt.inDoubt, 'reason' in reply ? reply.reason : null),
    );
    if (step.kind === 'send-as-update') {
      if (lane.asUpdate) return done(contradiction('as an update it is already held, too', lane), prepared);
      // Committed before the update leaves: whoever takes over after a crash resends an update, not an add.
      asUpdate = true;
      return done({ kind: 'turn' }, prepared);
    }
    if (step.kind !== 'log-in-and-resend') return done(step, prepared);
    if (request > MOST_LOG_INS) return done(contradiction('each new session is expired at once', lane), prepared);
    connector.forgetSession?.();
  }
}

/** `turn`: nothing is wrong and nothing left; the lane takes its turn again. */
type Settled = Exclude<Step, { kind: 'log-in-and-resend' } | { kind: 'send-as-update' }> | { kind: 'turn' };

function settled(step: Step): Settled {
  if (step.kind === 'log-in-and-resend' || step.kind === 'send-as-update')
    throw new Error(`a look-up can't end in ${step.kind}`);
  return step;
}

const contradiction = (reason: string, lane: ClaimedLane): Settled => ({
  kind: 'parked',
  owner: 'theirs',
  reason,
  inDoubt: lane.inDoubt,
});

const policyOf = (contract: ContractVersion): DeliveryPolicy => ({
  retry: {
    firstMs: durationMs(contract.retry.first),
    factor: contract.retry.factor,
    atMostMs: durationMs(contract.retry.atMost),
    giveUpAfterMs: durationMs(contract.retry.giveUpAfter),
  },
  onDuplicate: contract.onDuplicate,
});

function outgoing(lane: ClaimedLane): OutgoingEvent {
  return {
    eventId: lane.eventId,
    type: lane.type,
    caseCode: lane.caseCode,
    sequence: lane.sequence,
    revision: lane.revision,
    sender: lane.sender,
    recordedAt: lane.recordedAt.toISOString(),
    data: lane.data,
    dataText: JSON.stringify(lane.data),
    application: lane.application as CaseApplication,
    status: lane.status as CaseStatus,
    ...(lane.acknowledgedStatus === null ? {} : { acknowledgedStatus: lane.acknowledgedStatus as CaseStatus }),
  };
}

function recordOf(
  item: PreparedItem,
  hash: string,
  startedAt: Date,
  outcome: string,
  inDoubt: boolean,
  reply: string | null,
): AttemptRecord {
  return { operation: item.operation, itemHash: hash, startedAt, endedAt: new Date(), outcome, inDoubt, reply };
}

function outcomeOf(
  lane: ClaimedLane,
  contract: ContractVersion,
  step: Settled,
  attempts: AttemptRecord[],
  asUpdate: boolean,
  prepared: { item: PreparedItem; hash: string } | undefined,
): Outcome {
  const parked = step.kind === 'parked' ? step : undefined;
  return {
    agencyId: lane.agencyId,
    streamId: lane.streamId,
    sequence: lane.sequence,
    claim: lane.claim,
    revision: lane.revision,
    kind: step.kind,
    waitMs: step.kind === 'wait' || step.kind === 'doubt' ? Math.max(0, step.until - lane.now.getTime()) : 0,
    inDoubt: step.kind === 'doubt' || (step.kind === 'turn' ? lane.inDoubt : 'inDoubt' in step && step.inDoubt),
    operation: prepared?.item.operation ?? null,
    asUpdate,
    itemHash: prepared?.hash ?? null,
    contractVersion: contract.validFrom,
    owner: parked?.owner ?? null,
    reason: 'reason' in step ? step.reason : null,
    fingerprint: parked ? fingerprint(lane.agencyId, parked.owner, parked.reason) : null,
    attempts,
  };
}
