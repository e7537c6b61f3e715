import type { ReportPeriod } from '#domain';
import { shape, type Schema } from '#wire';

/** A type as JSON carries it: a Date is text. */
export type Sent<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Sent<T[K]> } : T;

export const words: Schema<string> = { type: 'string' };
export const day: Schema<string> = { type: 'string', format: 'date' };
export const instant: Schema<string> = { type: 'string', format: 'date-time' };
export const count: Schema<number> = { type: 'integer', minimum: 0 };
/** A bigint of PostgreSQL's. */
export const id: Schema<string> = { type: 'string', pattern: '^\\d+$' };
export const sha256: Schema<string> = { type: 'string', pattern: '^[0-9a-f]{64}$' };

export const orNull = <T>(schema: Schema<T>): Schema<T | null> => ({ anyOf: [{ type: 'null' }, schema] });
export const rowsOf = <T>(items: Schema<T>): Schema<T[]> => ({ type: 'array', items });
export const oneOf = <T extends string>(values: readonly T[]): Schema<T> => ({ type: 'string', enum: values });
/** With what its unit is, or what it counts. */
export const says = <T>(schema: Schema<T>, description: string): Schema<T> => ({ ...schema, description });
/** Every one of these names, with a number. */
export const counts = <N extends string>(names: readonly N[], description: string): Schema<Record<N, number>> => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, count])),
});
export const inTwoLanguages = shape.object<{ vi: string; en: string }>({ vi: words, en: words }, {});
export const period = shape.object<ReportPeriod>(
  {
    kind: oneOf(['day', 'month', 'quarter', 'year']),
    text: says(words, '2021, 2021-Q1, 2021-03, 2021-05-31'),
    first: day,
    last: day,
  },
  {},
);
