declare const describes: unique symbol;

/** A JSON Schema (2020-12) of T. T is checked both ways: a member added to the type alone, or here alone, doesn't compile. */
export type Schema<T> = { readonly [keyword: string]: unknown } & { readonly [describes]?: (value: T) => T };

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type Members<T, K extends keyof T> = { readonly [M in K]-?: Schema<Required<T>[M]> };

/** A closed object: `required` has exactly T's required members, `optional` exactly its others. */
export function object<T extends object>(
  required: Members<T, Exclude<keyof T, OptionalKeys<T>>>,
  optional: Members<T, OptionalKeys<T>>,
): Schema<T> {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

/** Text that says something: at least one character that isn't white space, at most `maxLength` code points. */
export const text = (maxLength: number): Schema<string> => ({ type: 'string', pattern: '\\S', maxLength });

/** Patterns are anchored by whoever writes them; the rule of a fault shows them. */
export const matching = (pattern: string, maxLength: number): Schema<string> => ({
  type: 'string',
  pattern,
  maxLength,
});

export const formatted = (format: 'date' | 'date-time' | 'partial-date' | 'year-month' | 'email'): Schema<string> => ({
  type: 'string',
  format,
  maxLength: 254,
});

export const integer = (minimum: number, maximum: number): Schema<number> => ({ type: 'integer', minimum, maximum });
export const yesNo: Schema<boolean> = { type: 'boolean' };

/** One of T's values, each named: a value added to the type alone doesn't compile. */
export const choice = <T extends string>(values: Record<T, true>): Schema<T> => ({
  type: 'string',
  enum: Object.keys(values),
});
export const numberChoice = <T extends number>(values: Record<T, true>): Schema<T> => ({
  type: 'integer',
  enum: Object.keys(values).map(Number),
});

export const list = <T>(
  items: Schema<T>,
  maxItems: number,
  more: { minItems?: number; uniqueItems?: true } = {},
): Schema<T[]> => ({
  type: 'array',
  items,
  maxItems,
  ...more,
});

/** A tagged union, each kind named: only the faults of the kind that was meant are reported. */
export const oneKind = <T extends { kind: string }>(kinds: {
  readonly [K in T['kind']]: Schema<Extract<T, { kind: K }>>;
}): Schema<T> => ({
  type: 'object',
  discriminator: { propertyName: 'kind' },
  oneOf: Object.values(kinds),
});

/** The tag of one member of a tagged union. */
export const tag = <K extends string>(kind: K): Schema<K> => ({ type: 'string', const: kind });

/** Text to text, bounded. */
export const textMap = (maxProperties: number, maxLength: number): Schema<Record<string, string>> => ({
  type: 'object',
  maxProperties,
  additionalProperties: { type: 'string', maxLength },
});

/** A partner's own record, kept as it came: three levels deep, so that whoever walks it can't be exhausted. */
export const openRecord: Schema<Record<string, unknown>> = (() => {
  const scalar = { type: ['string', 'number', 'boolean', 'null'], maxLength: 4_000 };
  const flat = {
    type: ['string', 'number', 'boolean', 'null', 'object'],
    maxLength: 4_000,
    maxProperties: 60,
    additionalProperties: scalar,
  };
  const member = { ...flat, type: [...flat.type, 'array'], maxItems: 100, items: flat };
  return { type: 'object', maxProperties: 60, additionalProperties: member };
})();
