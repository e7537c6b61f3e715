import { classifyReply, memberOf, type PartnerAnswer, type ReplyRow } from '#domain';
import type { ContractVersion } from '#wire';

import type { BatchItem, SeveralAnswer } from '../connector.js';
import { nameOf } from '../http/answers-for.js';
import { listIn } from '../xml/xml-element.js';

/** How the rows of an answer are told apart. */
export interface RowSettings {
  /** Member of the answer that holds the rows; absent: the answer itself is their list. */
  rowsAt: string | undefined;
  /** Member of a row that holds its item's key; absent: the answer is one for all items. */
  rowKey: string | undefined;
  /** Member of a row that is its own HTTP status. */
  rowStatus: string | undefined;
  /** Member of an item's data that is its key; absent: the delivery's key, which the partner gets in a header. */
  itemKey: string | undefined;
}

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;
type Row = Record<string, unknown>;

/** Their keys make up a header of 8 KB, and few servers take a longer one. */
const mostKeysInHeader = 200;

export function rowSettings({ settings = {}, limits }: ContractVersion): RowSettings {
  const { rowsAt, rowKey, itemKey } = settings;
  if (rowsAt !== undefined && rowKey === undefined)
    throw new Error('agency file: protocol http-json needs settings.rowKey where there is settings.rowsAt');
  if (itemKey === undefined && (limits.itemsPerRequest ?? 1) > mostKeysInHeader)
    throw new Error(
      `agency file: protocol http-json needs settings.itemKey for more than ${mostKeysInHeader} items a request`,
    );
  return { rowsAt, rowKey, rowStatus: 'status', itemKey };
}

/** What the partner calls this item; undefined where the item's data has no such member. */
export function keyOf({ event, key }: Pick<BatchItem, 'event' | 'key'>, { itemKey }: RowSettings): string | undefined {
  if (itemKey === undefined) return key;
  return nameOf((event.data as Row | null)?.[itemKey]);
}

/**
 * One answer for each item by its key, in the items' order. A row that is missing or there twice is doubt, and so is a
 * success without any rows: the contract says that the partner tells items apart.
 */
export function rowsOf(
  answer: PartnerAnswer,
  operation: string,
  items: readonly BatchItem[],
  settings: RowSettings,
  replies: readonly ReplyRow[],
): SeveralAnswer {
  const { rowKey } = settings;
  if (rowKey === undefined || answer.kind !== 'answered') return { kind: 'whole', answer };
  const rows = answer.status >= 200 && answer.status < 300 ? listOf(answer.json, settings.rowsAt) : undefined;
  if (!rows) return { kind: 'whole', answer: isTaken(answer, operation, replies) ? withoutRows : answer };

  const byKey = new Map<string, Row | 'twice'>();
  for (const row of rows) {
    const key = nameOf(memberOf(row, rowKey));
    if (row && key !== undefined) byKey.set(key, byKey.has(key) ? 'twice' : row);
  }
  const keys = items.map((item) => keyOf(item, settings));
  const asked = new Set<string>();
  const askedTwice = new Set<string>();
  for (const key of keys) if (key !== undefined) (asked.has(key) ? askedTwice : asked).add(key);
  return {
    kind: 'rows',
    answers: keys.map((key) => {
      if (key === undefined || askedTwice.has(key)) return undefined;
      const row = byKey.get(key);
      return row === undefined || row === 'twice' ? undefined : new RowAnswer(answer, row, settings.rowStatus);
    }),
  };
}

const withoutRows: PartnerAnswer = { kind: 'no-answer', reason: 'the answer has no rows' };

function isTaken(answer: Answered, operation: string, replies: readonly ReplyRow[]): boolean {
  const { kind } = classifyReply(answer, operation, replies);
  return kind === 'accepted' || kind === 'already-held';
}

function listOf(json: unknown, rowsAt: string | undefined): (Row | null | undefined)[] | undefined {
  return listIn(json, rowsAt === undefined ? json : memberOf(json, rowsAt)) as (Row | null | undefined)[] | undefined;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : undefined;

/** A row is judged as an answer of its own would be: by its own status where it has one. */
class RowAnswer {
  readonly kind = 'answered';
  readonly status: number;
  readonly contentType: string;
  declare readonly retryAfter?: number;

  constructor(
    { status, contentType, retryAfter }: Answered,
    readonly json: Row,
    rowStatus: string | undefined,
  ) {
    this.status = (rowStatus === undefined ? undefined : numberOf(memberOf(json, rowStatus))) ?? status;
    this.contentType = contentType;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }

  get text(): string {
    return JSON.stringify(this.json);
  }
}
