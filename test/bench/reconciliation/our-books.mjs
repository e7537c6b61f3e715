import { bucketOf, lineHash } from '../../../dist/libs/wire/src/index.js';
import { compares } from './world.mjs';

const AT_ONCE = 5_000;

/** Puts a world into `book_lines`, as refreshing would have built it; `wrote` hears each line, in the order of days and keys. */
export async function loadOurBooks(db, world, agency, wrote) {
  let batch = [];
  let stream = 0;
  const write = async () => {
    for (const { key, receivedOn, hash } of batch) wrote({ key, receivedOn, hash });
    await db.pool.query({
      name: 'bench.load',
      text: `insert into book_lines (agency_id, stream_id, key, received_on, bucket, hash, fields, settled_through)
        select $1, n.*, 1 from unnest($2::bigint[], $3::text[], $4::date[], $5::smallint[], $6::bytea[], $7::jsonb[]) as n`,
      values: [
        agency,
        batch.map(({ stream }) => stream),
        batch.map(({ key }) => key),
        batch.map(({ receivedOn }) => receivedOn),
        batch.map(({ key }) => bucketOf(key)),
        batch.map(({ hash }) => Buffer.from(hash, 'hex')),
        batch.map(({ fields }) => JSON.stringify(fields)),
      ],
    });
    batch = [];
  };
  for (const line of world) {
    batch.push({ ...line, stream: (stream += 1), hash: lineHash(line.key, line.fields, compares) });
    if (batch.length === AT_ONCE) await write();
  }
  if (batch.length > 0) await write();
  await db.pool.query(`insert into book_refreshes (agency_id, up_to, compares) values ($1, now(), $2)`, [
    agency,
    compares,
  ]);
  await db.pool.query('vacuum analyze book_lines');
}
