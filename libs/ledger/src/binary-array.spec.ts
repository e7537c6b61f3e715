import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { byteaArray, textArray } from './binary-array.js';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
});
afterAll(() => client.end());

describe('a binary array', () => {
  it('is read by PostgreSQL as the same texts', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\u0000', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (items) => {
        const { rows } = await client.query(`select $1::text[] as back`, [textArray(items)]);
        expect(rows[0].back).toEqual(items);
      }),
      { numRuns: 200 },
    );
  });

  it('is read by PostgreSQL as the same bytes, and nothing as null', async () => {
    const item = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 20 }), async (items) => {
        const { rows } = await client.query(
          `select x as back from unnest($1::bytea[]) with ordinality as t(x, n) order by n`,
          [byteaArray(items)],
        );
        expect(rows.map((row: { back: Buffer | null }) => row.back?.toString('hex') ?? null)).toEqual(
          items.map((i) => i?.toString('hex') ?? null),
        );
      }),
      { numRuns: 200 },
    );
  });
});
