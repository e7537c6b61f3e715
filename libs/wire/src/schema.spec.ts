import { describe, expect, it } from '@jest/globals';
import { choice, integer, numberChoice, object, oneKind, tag, text, type Schema } from './schema.js';

interface Paper {
  number: string;
  copies: number;
  note?: string;
}

/** The type checker runs these: each line that must not compile fails the type check if it ever does. */
describe('a schema and its type', () => {
  it('agree member by member', () => {
    const paper: Schema<Paper> = object<Paper>({ number: text(5), copies: integer(1, 9) }, { note: text(10) });
    expect(paper).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['number', 'copies'],
      properties: {
        number: { type: 'string', pattern: '\\S', maxLength: 5 },
        copies: { type: 'integer', minimum: 1, maximum: 9 },
        note: { type: 'string', pattern: '\\S', maxLength: 10 },
      },
    });
  });

  it('don’t compile where they differ', () => {
    const [number, copies, note] = [text(5), integer(1, 9), text(10)];
    const wrong = [
      // @ts-expect-error a required member of the type is missing
      object<Paper>({ number }, { note }),
      // @ts-expect-error an optional member of the type is missing
      object<Paper>({ number, copies }, {}),
      // @ts-expect-error the type has no such member
      object<Paper>({ number, copies, more: text(1) }, { note }),
      // @ts-expect-error the type has no such optional member
      object<Paper>({ number, copies }, { note, more: text(1) }),
      // @ts-expect-error required in the type, optional in the schema
      object<Paper>({ number }, { copies, note }),
      // @ts-expect-error optional in the type, required in the schema
      object<Paper>({ number, copies, note }, {}),
      // @ts-expect-error another type of value
      object<Paper>({ number: integer(1, 2), copies }, { note }),
      // @ts-expect-error a value of the type is missing
      choice<'own' | 'all'>({ own: true }),
      // @ts-expect-error the type has no such value
      choice<'own'>({ own: true, all: true }),
      // @ts-expect-error a number of the type is missing
      numberChoice<1 | 2>({ 1: true }),
      // @ts-expect-error a kind of the union is missing
      oneKind<{ kind: 'a' } | { kind: 'b' }>({ a: object<{ kind: 'a' }>({ kind: tag('a') }, {}) }),
      // @ts-expect-error a wider text than the type's
      object<{ sex: 'male' | 'female' }>({ sex: text(6) }, {}),
    ];
    expect(wrong).toHaveLength(12);
  });
});
