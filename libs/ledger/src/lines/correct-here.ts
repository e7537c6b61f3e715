import { movedTo, takenOver } from '#domain';
import {
  hubSender,
  validatePayload,
  waysOf,
  type ComparedField,
  type ContractVersion,
  type EventType,
  type Json,
  type LineDiscrepancy,
} from '#wire';
import type { PoolClient } from 'pg';
import { agenciesIn, versionOn } from '../agencies.js';
import type { EntryItem } from '../entry.js';
import { today } from '../hub-clock.js';
import { recordOperation } from '../operations/operation.js';
import { casesOf, enterRepairs, type CaseOf } from './case-of.js';
import type { OpenDiscrepancy } from './discrepancies.js';
import { byHand, type Settled, type Settling, type Unsettled } from './settling.js';

/**
 * Takes over what the agency's books say of a status or a due day, where its contract says that they are right in this. A
 * status is entered as the agency's own report, so that it isn't told what it knows; a due day with the case in full as the
 * hub's, and goes to everybody who gets supplements. Without such a contract people are to correct it.
 */
export async function correctHere(
  client: PoolClient,
  settling: Settling,
  open: readonly OpenDiscrepancy[],
): Promise<Settled[]> {
  const agency = (await agenciesIn(client)).find(({ id }) => id === settling.agency);
  const contract = agency && versionOn(agency, today());
  const cases = await casesOf(client, open);
  const judged = open.map((one) => ({ one, item: itemOf(one, cases.get(one.streamId ?? ''), settling, contract) }));
  const items = judged.flatMap(({ item }) => (typeof item === 'object' ? [item] : []));
  const answers = await enterRepairs(client, items);
  const settled: Settled[] = [];
  for (const { one, item } of judged) {
    const { id, key } = one;
    if (item === 'no-authority') settled.push(byHand(settling, one, item));
    else {
      const answer = typeof item === 'string' ? item : answers[items.indexOf(item)]!;
      if (typeof answer === 'string')
        settled.push({ id, key, outcome: answer === 'known' ? 'done-before' : answer, operation: null });
      else {
        const order = { kind: 'correct-here' as const, ...settling, selection: { ...answer, discrepancies: [id] } };
        settled.push({ id, key, outcome: 'ordered', operation: await recordOperation(client, order) });
      }
    }
  }
  return settled;
}

function itemOf(
  one: OpenDiscrepancy,
  of: CaseOf | undefined,
  { agency }: Settling,
  contract: ContractVersion | undefined,
): EntryItem | Unsettled {
  const fields = one.detail.fields ?? {};
  const field = takenOver(one.type, Object.keys(fields));
  if (!of || !contract || field === undefined || !isRightIn(contract, one.type)) return 'no-authority';
  if (field === 'status' && !contract.sends.includes('case.status-changed')) return 'no-authority';
  const theirs = fields[field]?.[1] ?? null;
  if (theirs === null) return 'cannot-follow';
  const note = `Đối soát ${one.id}: theo sổ của ${agency} · reconciliation ${one.id}: by the books of ${agency}`;
  const taken = field === 'status' ? statusItem(one, theirs, note) : dueItem(one, of, theirs, note);
  if (validatePayload(taken.type, taken.data).length > 0) return 'cannot-follow';
  const sender = field === 'status' ? agency : hubSender;
  return { ...taken, sender, key: `correct-here/${one.id}/${field}/${theirs}`, caseCode: of.code };
}

/** Of the whole type: a policy's word in any of the contract's ways. */
const isRightIn = (contract: ContractVersion, type: LineDiscrepancy): boolean =>
  waysOf(contract).some((way) => way.by !== 'books' && way.repairs?.[type]?.repair === 'correct-here');

type Taken = Pick<EntryItem, 'data' | 'status'> & { type: EventType };

/** When it happened there is what their progress rows say, else the moment at which it was first seen; of an end, the day that they name. */
function statusItem({ firstSeenAt, detail }: OpenDiscrepancy, theirs: string, note: string): Taken {
  const status = Number(theirs) as NonNullable<EntryItem['status']>;
  const endedOn = detail.fields?.['finishedOn' satisfies ComparedField]?.[1] ?? null;
  const movedAt = movedTo(theirs, detail.fields?.['progress' satisfies ComparedField]?.[1]);
  const finished = (status === 9 || status === 10) && endedOn !== null;
  const data = {
    ...{ status, at: movedAt ?? firstSeenAt.toISOString(), note },
    ...(finished ? { finishedAt: `${endedOn}T00:00:00+07:00` } : {}),
  };
  return { type: 'vn.lienthong.case.status-changed.v1', status, data };
}

/** The hour stays ours; a case that had no due day is due when offices close. */
function dueItem(
  { firstSeenAt }: OpenDiscrepancy,
  { application, status }: CaseOf,
  theirs: string,
  note: string,
): Taken {
  const { supplement: _, dueAt, ...rest } = application;
  const time = typeof dueAt === 'string' ? dueAt.slice(10) : 'T17:00:00+07:00';
  const data = {
    ...{ ...rest, status, dueAt: `${theirs}${time}` },
    supplement: {
      ...{ receivedAt: firstSeenAt.toISOString(), note },
      ...(typeof dueAt === 'string' ? { previousDueAt: dueAt } : {}),
    },
  } as Json;
  return { type: 'vn.lienthong.case.supplemented.v1', data };
}
