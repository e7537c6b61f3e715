import { checkOf, type Check } from '../check.js';
import { isSecondType, type PublishedType, type SecondPayloads, type SecondType } from '../event-versions.js';
import type { EventPayloads, EventType } from '../events.js';
import type { Fault } from '../problem.js';
import { payloadSchemas, publishedSchemas } from './case.schema.js';
import type { CaseApplication, StatusChange } from './case.js';
import type { FigurePublished } from './facts.js';

/** What is wrong with an event's payload: paths are relative to the payload; empty is valid. */
export function validatePayload(type: EventType, data: unknown): Fault[] {
  return checks[type](data);
}

/** The same for what a consumer may read. */
export const validatePublished = (type: PublishedType, data: unknown): Fault[] =>
  isSecondType(type) ? secondChecks[type](data) : validatePayload(type, data);

/** Rules between members, asked only where the schema is satisfied. */
const rulesBetween: { readonly [T in EventType]?: (data: EventPayloads[T]) => Fault[] } = {
  'vn.lienthong.case.received.v1': applicationRules,
  'vn.lienthong.case.supplemented.v1': applicationRules,
  'vn.lienthong.case.status-changed.v1': statusRules,
  'vn.lienthong.petition.received.v1': ({ dueAt, receivedAt }) => notBefore('/dueAt', dueAt, '/receivedAt', receivedAt),
  'vn.lienthong.figure.published.v1': figureRules,
};

const checkFor = <T extends EventType>(type: T): Check => checkOf(payloadSchemas[type], rulesBetween[type]);

const checks = {
  'vn.lienthong.case.received.v1': checkFor('vn.lienthong.case.received.v1'),
  'vn.lienthong.case.supplemented.v1': checkFor('vn.lienthong.case.supplemented.v1'),
  'vn.lienthong.case.status-changed.v1': checkFor('vn.lienthong.case.status-changed.v1'),
  'vn.lienthong.case.result-issued.v1': checkFor('vn.lienthong.case.result-issued.v1'),
  'vn.lienthong.case.result-revoked.v1': checkFor('vn.lienthong.case.result-revoked.v1'),
  'vn.lienthong.case.withdrawn.v1': checkFor('vn.lienthong.case.withdrawn.v1'),
  'vn.lienthong.case.merged.v1': checkFor('vn.lienthong.case.merged.v1'),
  'vn.lienthong.case.correction-asked.v1': checkFor('vn.lienthong.case.correction-asked.v1'),
  'vn.lienthong.payment.requested.v1': checkFor('vn.lienthong.payment.requested.v1'),
  'vn.lienthong.payment.settled.v1': checkFor('vn.lienthong.payment.settled.v1'),
  'vn.lienthong.petition.received.v1': checkFor('vn.lienthong.petition.received.v1'),
  'vn.lienthong.petition.answered.v1': checkFor('vn.lienthong.petition.answered.v1'),
  'vn.lienthong.procedure.listed.v1': checkFor('vn.lienthong.procedure.listed.v1'),
  'vn.lienthong.account.opened.v1': checkFor('vn.lienthong.account.opened.v1'),
  'vn.lienthong.unit.listed.v1': checkFor('vn.lienthong.unit.listed.v1'),
  'vn.lienthong.figure.published.v1': checkFor('vn.lienthong.figure.published.v1'),
} satisfies Record<EventType, Check>;

/** Now, rather than each with its first event: for a process that answers requests. */
export function compilePayloadChecks(): void {
  for (const check of Object.values(checks)) check.compile();
}

const secondCheckFor = <T extends SecondType>(type: T): Check =>
  checkOf<SecondPayloads[T]>(publishedSchemas[type], applicationRules);

const secondChecks: Record<SecondType, Check> = {
  'vn.lienthong.case.received.v2': secondCheckFor('vn.lienthong.case.received.v2'),
  'vn.lienthong.case.supplemented.v2': secondCheckFor('vn.lienthong.case.supplemented.v2'),
};

function applicationRules(
  data: Pick<CaseApplication, 'submittedAt' | 'receivedAt' | 'dueAt' | 'supplement' | 'declaration'>,
): Fault[] {
  return [
    ...notBefore('/receivedAt', data.receivedAt, '/submittedAt', data.submittedAt),
    ...notBefore('/dueAt', data.dueAt, '/receivedAt', data.receivedAt),
    ...notBefore(
      '/supplement/receivedAt',
      data.supplement?.receivedAt,
      '/supplement/requestedAt',
      data.supplement?.requestedAt,
    ),
    ...(data.declaration?.residences ?? []).flatMap(({ from, to }, n): Fault[] => {
      // 2010 to 2010-05 is in order: compare as far as both are known.
      const known = Math.min(from.length, to.length);
      const path = `/declaration/residences/${n}`;
      return to.slice(0, known) < from.slice(0, known) ? [{ path: `${path}/to`, rule: `notBefore:${path}/from` }] : [];
    }),
  ];
}

function statusRules(data: StatusChange): Fault[] {
  return notBefore('/finishedAt', data.finishedAt, '/startedAt', data.startedAt);
}

/** A suppressed figure shows nothing that it could be reckoned from; another without a value is a share of nothing. */
function figureRules({ period, value, numerator, denominator, suppressed }: FigurePublished): Fault[] {
  const shown = [value, numerator, denominator].some((number) => number !== null && number !== undefined);
  return [
    ...(period.to < period.from ? [{ path: '/period/to', rule: 'notBefore:/period/from' }] : []),
    ...((value === null) !== (suppressed === true || denominator === 0) || (suppressed && shown)
      ? [{ path: '/suppressed', rule: 'shows nothing' }]
      : []),
  ];
}

/** Compared as instants: their offsets may differ. */
function notBefore(path: string, later: string | undefined, earlierPath: string, earlier: string | undefined): Fault[] {
  if (later === undefined || earlier === undefined || isInOrder(earlier, later)) return [];
  return [{ path, rule: `notBefore:${earlierPath}` }];
}

/** Same form and offset, the usual case, compares as text. */
function isInOrder(earlier: string, later: string): boolean {
  const asText = earlier.length === later.length && earlier.slice(-6) === later.slice(-6);
  return asText ? earlier <= later : Date.parse(earlier) <= Date.parse(later);
}
