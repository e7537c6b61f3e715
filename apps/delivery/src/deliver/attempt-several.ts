import { classifyReply, nextStep, type PartnerAnswer, type Reply } from '#domain';
import type { AttemptRecord } from '#ledger';
import {
  attemptDelivery,
  attemptOf,
  clockOf,
  contextOf,
  contradiction,
  ended,
  keyOf,
  MOST_LOG_INS,
  recordOf,
  type Ended,
  type Partner,
  type Ready,
  type Tools,
} from './attempt-delivery.js';

/**
 * Ready lanes in groups that may share a request: each of another case, same contract version and credentials, and the
 * same word from the connector. In doubt, or about to be asked for, a delivery goes alone.
 */
export function groupsOf(ready: readonly Ready[], { connector, terms }: Partner): Ready[][] {
  if (terms.itemsPerRequest === 1 || !connector.together || !connector.sendSeveral) return ready.map((one) => [one]);
  const groups: Ready[][] = [];
  const open = new Map<string, Ready[]>();
  for (const one of ready) {
    const { lane } = one;
    const word =
      lane.inDoubt || lane.probing
        ? undefined
        : connector.together({ prepared: one.item, event: one.event, key: keyOf(lane), asUpdate: lane.asUpdate });
    const group = word === undefined ? undefined : open.get(word);
    if (group && group.length < terms.itemsPerRequest) group.push(one);
    else {
      const begun = [one];
      groups.push(begun);
      if (word !== undefined) open.set(word, begun);
    }
  }
  return groups;
}

/** One request with several lanes' items. Every lane ends by its own row; a refusal of the whole is looked for by halves. */
export async function attemptSeveral(group: readonly Ready[], partner: Partner, tools: Tools): Promise<Ended[]> {
  if (group.length === 1) return [await attemptDelivery(group[0]!, partner, tools)];
  const { connector, contract, terms } = partner;
  const first = group.reduce((a, b) => (a.startedAt <= b.startedAt ? a : b));
  const records = new Map<Ready, AttemptRecord[]>(group.map((one) => [one, []]));
  const turn = (one: Ready): Ended => ended(one, contract, { kind: 'turn' }, records.get(one)!, one.lane.asUpdate);

  for (let request = 1; ; request++) {
    const context = contextOf(first, partner, tools);
    if (!tools.mayStillSend() || performance.now() - first.startedAt >= terms.timeoutMs) return group.map(turn);
    const sent = Date.now();
    const items = group.map(({ item, event, lane }) => ({
      prepared: item,
      event,
      key: keyOf(lane),
      asUpdate: lane.asUpdate,
    }));
    const said = await connector.sendSeveral!(items, context);
    const answers = said.kind === 'rows' ? said.answers : group.map(() => said.answer);
    const replies = group.map((one, i) => replyOf(answers[i], one, partner));
    const expired = group.filter((_, i) => replies[i]!.kind === 'session-expired');
    if (expired.length > 0) {
      for (const one of expired) records.get(one)!.push(recordOf(one, sent, 'log-in-and-resend', null));
      if (request > MOST_LOG_INS)
        return group.map((one) =>
          ended(
            one,
            contract,
            contradiction('each new session is expired at once', one.lane),
            records.get(one)!,
            one.lane.asUpdate,
          ),
        );
      connector.forgetSession?.();
      if (expired.length === group.length) continue;
      // What has its answer keeps it; only the others are sent again.
      const rest = await attemptSeveral(expired, partner, tools);
      for (const end of rest) end.attempts.unshift(...records.get(end.prepared!)!);
      return group
        .flatMap((one, i) => (expired.includes(one) ? [] : endOne(one, replies[i]!, partner, sent, records.get(one)!)))
        .concat(rest);
    }
    // Which of them is refused, or held already, only a smaller request tells.
    if (said.kind === 'whole' && ['refused', 'already-held'].includes(replies[0]!.kind))
      return bisect(group, partner, tools, sent, records);
    return group.map((one, i) => endOne(one, replies[i]!, partner, sent, records.get(one)!));
  }
}

const replyOf = (answer: PartnerAnswer | undefined, one: Ready, { contract }: Partner): Reply =>
  answer
    ? classifyReply(answer, one.item.operation, contract.replies)
    : { kind: 'doubt', reason: 'the answer says nothing of this item', answered: true };

function endOne(one: Ready, reply: Reply, { contract, terms }: Partner, sent: number, records: AttemptRecord[]): Ended {
  const step = nextStep(attemptOf(one.lane), reply, terms.policy, clockOf(one)(), Math.random());
  records.push(recordOf(one, sent, step.kind, 'reason' in reply ? reply.reason : null));
  if (step.kind === 'send-as-update') {
    if (one.lane.asUpdate)
      return ended(
        one,
        contract,
        contradiction('as an update it is already held, too', one.lane),
        records,
        true,
        reply,
      );
    return ended(one, contract, { kind: 'turn' }, records, true, reply);
  }
  if (step.kind === 'log-in-and-resend') throw new Error('sessions are renewed for the whole request');
  return ended(one, contract, step, records, one.lane.asUpdate, reply);
}

/** Both halves within the same claims, and so within the same time bound: what has no time left takes its turn again. */
async function bisect(
  group: readonly Ready[],
  partner: Partner,
  tools: Tools,
  sent: number,
  records: ReadonlyMap<Ready, AttemptRecord[]>,
): Promise<Ended[]> {
  const ends: Ended[] = [];
  const half = Math.ceil(group.length / 2);
  for (const part of [group.slice(0, half), group.slice(half)])
    ends.push(...(await attemptSeveral(part, partner, tools)));
  for (const end of ends) {
    const one = end.prepared!;
    end.attempts.unshift(...records.get(one)!, recordOf(one, sent, 'refused together', null));
  }
  return ends;
}
