/** The floor that intake is measured against: bare Fastify, the same tables in one statement a request, nothing checked. */
import { createHash, randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const text = `
with a as (insert into aliases (namespace, code, stream_id) values ('case', $1, nextval('stream_ids')) returning stream_id),
s as (insert into streams (id, kind, entered_by, procedure, opened_on, status, last, head_hash) select stream_id, 'case', 'mot-cua', $2, '2021-05-31', 2, 1, $5 from a),
e as (insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, hash) select stream_id, 1, $3, 'vn.lienthong.case.received.v1', 'mot-cua', 2, now(), $4::json, $5, $5 from a),
i as (insert into event_ids (id, body_hash, stream_id, sequence) select $3, $5, stream_id, 1 from a),
c as (insert into plan_cursor (stream_id, planned) select stream_id, 0 from a)
insert into outbox (stream_id, sequence, event_id, type, kind) select stream_id, 1, $3, 'vn.lienthong.case.received.v1', 'case' from a`;

const app = fastify();
app.post('/v1/cases', async (request, reply) => {
  const body = JSON.stringify(request.body);
  const hash = createHash('sha256').update(body).digest();
  await pool.query({
    name: 'bare',
    text,
    values: [request.body.code, request.body.procedure.code, randomUUID(), body, hash],
  });
  return reply.code(202).send({ outcome: 'accepted' });
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ msg: 'ready', port: app.server.address().port }));
process.once('SIGTERM', () => process.exit(0));
