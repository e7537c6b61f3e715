import { shortType } from '#wire';
import { byteaArray, textArray } from './binary-array.js';
import type { Statement } from './database.js';
import type { Decided, StreamRow } from './enter-decide.js';
import {
  APPEND,
  AS_IT_CAME,
  ENTER_NEW,
  ISSUE_FILES,
  RECEIPTS,
  REMEMBER,
  REVOKE_FILES,
  UNOPEN,
} from './enter.statements.js';

/** What ends a transaction that holds its codes and streams. */
export const writing = (decided: Decided): Statement[] => [
  ...(decided.unopened.length > 0 ? [{ name: 'enter.unopen', text: UNOPEN, values: [decided.unopened] }] : []),
  ...appending(decided, 'enter.append', APPEND, (head) => head.isNew),
  ...blocking(decided, 'case.result-revoked', 'enter.revoke-files', REVOKE_FILES),
  ...blocking(decided, 'case.result-issued', 'enter.issue-files', ISSUE_FILES),
  ...keepingAsItCame(decided),
  ...remembering(decided),
];

/** The same where every stream is new and nothing is taken yet: codes that stay without an event aren't touched. */
export const writingAtOnce = (decided: Decided): Statement[] => [
  ...appending(decided, 'enter.new', ENTER_NEW, (head) => head.code),
  ...keepingAsItCame(decided),
  ...remembering(decided),
];

/** Files of results that these events take back, or bring. */
function blocking({ appended }: Decided, type: string, name: string, text: string): Statement[] {
  const events = appended.filter(({ item }) => shortType(item.type) === type);
  return events.length === 0
    ? []
    : [{ name, text, values: [events.map((e) => e.stream.id), events.map((e) => e.sequence)] }];
}

function keepingAsItCame({ appended }: Decided): Statement[] {
  const events = appended.filter(({ item }) => item.came !== undefined);
  return events.length === 0
    ? []
    : [
        {
          name: 'enter.as-it-came',
          text: AS_IT_CAME,
          values: [events.map((e) => e.id), events.map((e) => e.item.came)],
        },
      ];
}

function appending(
  { appended, now }: Decided,
  name: string,
  text: string,
  ofHead: (head: StreamRow) => string | boolean,
): Statement[] {
  if (appended.length === 0) return [];
  const e = [...appended].sort((a, b) => Number(BigInt(a.stream.id) - BigInt(b.stream.id)) || a.sequence - b.sequence);
  const heads = [...new Set(e.map((x) => x.stream))];
  const values = [
    e.map((x) => x.stream.id),
    e.map((x) => x.sequence),
    e.map((x) => x.id),
    e.map((x) => x.item.type),
    e.map((x) => x.item.sender),
    e.map((x) => x.status),
    textArray(e.map((x) => x.body)),
    byteaArray(e.map((x) => x.bodyHash)),
    byteaArray(e.map((x) => x.previous)),
    byteaArray(e.map((x) => x.hash)),
    e.map((x) => (x.skipped.length > 0 ? `{${x.skipped.join(',')}}` : '')),
    now,
    heads.map((s) => s.id),
    heads.map((s) => s.last),
    byteaArray(heads.map((s) => s.head_hash)),
    heads.map((s) => s.status),
    heads.map((s) => s.entered_by),
    heads.map((s) => s.procedure),
    heads.map((s) => s.opened_on),
    heads.map((s) => s.due_at),
    heads.map(ofHead),
    heads.map((s) => s.unit),
  ];
  return [{ name, text, values }];
}

function remembering({ states, receipts }: Decided): Statement[] {
  const statements: Statement[] = [];
  if (states.length > 0)
    statements.push({
      name: 'enter.remember',
      text: REMEMBER,
      values: [
        states.map((s) => s.stream),
        states.map((s) => s.agency),
        states.map((s) => s.ordinal),
        states.map((s) => s.state),
      ],
    });
  if (receipts.length > 0)
    statements.push({
      name: 'enter.receipts',
      text: RECEIPTS,
      values: [
        receipts.map((r) => r.sender),
        receipts.map((r) => r.stream),
        receipts.map((r) => r.eventId),
        receipts.map((r) => r.kind),
      ],
    });
  return statements;
}
