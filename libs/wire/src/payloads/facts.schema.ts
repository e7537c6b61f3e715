import type { EventPayloads, FactType } from '../events.js';
import { choice, formatted, integer, matching, numberChoice, object, text, yesNo, type Schema } from '../schema.js';
import type * as payload from './facts.js';

const instant = formatted('date-time');
const day = formatted('date');
const code = text(100);
/** Up to what a JSON reader keeps exact. */
const amount = integer(0, Number.MAX_SAFE_INTEGER);
const valueOrNone: Schema<number | null> = { type: ['number', 'null'] };

const figure = object<payload.FigurePublished>(
  {
    figure: matching('^figure/[a-z0-9-]+/[0-9A-Z-]+(?:/[^/\\s]+)?$', 200),
    definition: object<payload.FigurePublished['definition']>({ id: text(64), version: day }, {}),
    unit: text(40),
    period: object<payload.FigurePeriod>({ from: day, to: day }, {}),
    asOf: instant,
    value: valueOrNone,
  },
  {
    group: object<NonNullable<payload.FigurePublished['group']>>({ by: text(40), code: text(100) }, {}),
    numerator: { type: 'number' },
    denominator: { type: 'number' },
    suppressed: yesNo,
    revises: object<NonNullable<payload.FigurePublished['revises']>>(
      {
        sequence: integer(1, 2 ** 31 - 1),
        value: valueOrNone,
        reason: choice<'late-facts' | 'definition'>({ 'late-facts': true, definition: true }),
      },
      {},
    ),
  },
);

/** JSON Schema of each payload of a stream that isn't a case. */
export const factSchemas: { readonly [T in FactType]: Schema<EventPayloads[T]> } = {
  'vn.lienthong.payment.requested.v1': object<payload.PaymentRequested>(
    {
      code,
      purpose: choice<payload.PaymentRequested['purpose']>({ land: true, fee: true, fine: true }),
      amount,
      requestedAt: instant,
    },
    { caseCode: text(100) },
  ),
  'vn.lienthong.payment.settled.v1': object<payload.PaymentSettled>(
    { outcome: choice<payload.PaymentSettled['outcome']>({ succeeded: true, failed: true }), amount, at: instant },
    {},
  ),
  'vn.lienthong.petition.received.v1': object<payload.PetitionReceived>(
    { code, receivedAt: instant },
    { dueAt: instant },
  ),
  'vn.lienthong.petition.answered.v1': object<payload.PetitionAnswered>({ at: instant }, {}),
  'vn.lienthong.procedure.listed.v1': object<payload.ProcedureListed>(
    {
      code,
      name: text(1_000),
      link: choice<payload.ProcedureLink>({
        'three-level': true,
        'two-level': true,
        horizontal: true,
        vertical: true,
        none: true,
      }),
      onlineLevel: numberChoice<payload.ProcedureListed['onlineLevel']>({
        0: true,
        1: true,
        2: true,
        3: true,
        4: true,
      }),
      onPortal: yesNo,
      at: instant,
    },
    { field: text(200) },
  ),
  'vn.lienthong.account.opened.v1': object<payload.AccountOpened>({ code, at: instant }, {}),
  'vn.lienthong.unit.listed.v1': object<payload.UnitListed>(
    {
      code,
      name: text(300),
      form: choice<payload.UnitListed['form']>({ commune: true, ward: true, township: true }),
      at: instant,
    },
    {},
  ),
  'vn.lienthong.figure.published.v1': figure,
};
