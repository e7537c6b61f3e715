// Nhận sự kiện qua webhook, kiểm chữ ký Standard Webhooks, ghi mỗi sự kiện một lần. · Events by webhook, verified, each of them once.
// LIENTHONG_WEBHOOK_SECRET='whsec_… [whsec_…]' PORT=8100 node webhook.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { LIENTHONG_WEBHOOK_SECRET, PORT = '8100', CONSUMER_BOOK = 'received.ndjson' } = process.env;
if (!LIENTHONG_WEBHOOK_SECRET) throw new Error('LIENTHONG_WEBHOOK_SECRET must be set');
const TOLERANCE_SECONDS = 300;
// Two while a secret is changed: either side may know the new one first.
const keys = LIENTHONG_WEBHOOK_SECRET.split(' ').map((secret) => Buffer.from(secret.replace('whsec_', ''), 'base64'));

// The book stands for your database: what an event does and its id are kept in one write, so a repeat finds its id.
const lines = existsSync(CONSUMER_BOOK) ? readFileSync(CONSUMER_BOOK, 'utf8').split('\n').slice(0, -1) : [];
const known = new Set(lines.map((line) => JSON.parse(line).id));

function isOurs(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures = '' } = headers;
  // An old message that somebody recorded isn't taken again.
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= TOLERANCE_SECONDS)) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${at}.`), body]);
  const expected = keys.map((key) => createHmac('sha256', key).update(signed).digest());
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return expected.some((own) => own.length === given.length && timingSafeEqual(own, given));
  });
}

function take(event) {
  if (known.has(event.id)) return 'repeat';
  appendFileSync(CONSUMER_BOOK, `${JSON.stringify(event)}\n`, { flush: true });
  known.add(event.id);
  return 'applied';
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  // The bytes as they came: a body that was parsed and written anew has another signature.
  const body = Buffer.concat(chunks);
  if (!isOurs(request.headers, body)) return response.writeHead(401).end();
  const event = JSON.parse(body.toString('utf8'));
  // Only after the work: what isn't answered with 2xx comes again, under the same id.
  const outcome = take(event);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ outcome }));
  console.log(outcome, event.subject, event.sequence, event.type, event.id);
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('listening', server.address().port));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
