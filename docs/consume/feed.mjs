// Đọc luồng sự kiện của cơ quan mình, ghi mỗi sự kiện một lần rồi xác nhận. · Reads one's own feed, each event once, and acknowledges.
// LIENTHONG_URL=http://host:8081 LIENTHONG_AGENCY=bo-ngoai-giao LIENTHONG_KEY=lt_… node feed.mjs
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { LIENTHONG_URL, LIENTHONG_AGENCY, LIENTHONG_KEY, CONSUMER_BOOK = 'received.ndjson' } = process.env;
if (!LIENTHONG_URL || !LIENTHONG_AGENCY || !LIENTHONG_KEY)
  throw new Error('LIENTHONG_URL, LIENTHONG_AGENCY and LIENTHONG_KEY must be set');
// The hub answers as soon as there is something, or after so many seconds.
const WAIT_SECONDS = 20;
const AFTER_TROUBLE_MS = 1_000;
const feed = `${LIENTHONG_URL}/v1/agencies/${LIENTHONG_AGENCY}`;

// The book stands for your database: what an event does and its id are kept in one write, so a repeat finds its id.
const lines = existsSync(CONSUMER_BOOK) ? readFileSync(CONSUMER_BOOK, 'utf8').split('\n').slice(0, -1) : [];
const known = new Set(lines.map((line) => JSON.parse(line).id));

function take(event) {
  if (known.has(event.id)) return 'repeat';
  appendFileSync(CONSUMER_BOOK, `${JSON.stringify(event)}\n`, { flush: true });
  known.add(event.id);
  return 'new';
}

async function ask(path, body) {
  const headers = { authorization: `Bearer ${LIENTHONG_KEY}`, 'content-type': 'application/json' };
  const options = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(`${feed}${path}`, { ...options, signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopping = true));

while (!stopping) {
  try {
    // Without `after`: from what was acknowledged last, so that a crash leaves nothing out.
    const { events, next } = await ask(`/events?limit=500&wait=${WAIT_SECONDS}`);
    for (const event of events) console.log(take(event), event.subject, event.sequence, event.type, event.id);
    // Only after the work.
    if (events.length > 0) await ask('/acknowledgements', { position: next });
  } catch (error) {
    console.error(error.message);
    await wait(AFTER_TROUBLE_MS);
  }
}
