/**
 * Four partners in one process of their own, memory only. Asked over IPC: what they answer, how far they are, and at the
 * end what the judge finds in their books. `mode`: ok (after latencyMs), down (503), later (503 with Retry-After until a date).
 */
import { createServer } from 'node:net';
import { acceptedBetween, judge } from './judge.mjs';
import { serve } from './partner-socket.mjs';
import { itemsOf } from './workload.mjs';

const now = () => performance.timeOrigin + performance.now();
const partners = [1, 2, 3, 4].map(() => ({
  rule: { mode: 'ok', latencyMs: 2 },
  book: { case: [], seq: [], eventId: [], status: [], t: [], sentAt: [] },
  seen: new Set(),
  progress: { requests: 0, refused: 0, distinct: 0, other: 0, first: null, last: null },
}));

function take(partner, text, answer) {
  const t = now();
  const { rule, book, seen, progress } = partner;
  progress.requests++;
  const items = itemsOf(text);
  if (!items) return answer(400, '{"accepted":false}');
  const status = statusOf(rule, progress);
  for (const { eventId, caseNumber, seq, sentAt } of items) {
    book.case.push(caseNumber);
    book.seq.push(seq);
    book.eventId.push(eventId);
    book.status.push(status);
    book.t.push(t);
    book.sentAt.push(sentAt);
    if (status !== 200) progress.refused++;
    else if (caseNumber < 0) progress.other++;
    else if (!seen.has(eventId)) {
      seen.add(eventId);
      progress.distinct++;
      progress.first ??= t;
      progress.last = t;
    }
  }
  if (status === 200) return void setTimeout(answer, rule.latencyMs, 200, accepted(text, items));
  answer(status, '{"accepted":false}', rule.mode === 'later' ? `retry-after: ${rule.until}\r\n` : '');
}

/** `later` takes one request in `every`: a partner that is busy with some cases, not one that is down. */
const statusOf = ({ mode, every }, { requests }) =>
  mode === 'down' || (mode === 'later' && requests % every !== 0) ? 503 : 200;

const accepted = (text, items) =>
  text.startsWith('[')
    ? JSON.stringify({ rows: items.map(({ eventId }) => ({ key: eventId, status: 200 })) })
    : '{"accepted":true}';

const asked = {
  rule: ({ partner, rule }) => {
    Object.assign(partners[partner - 1].rule, rule);
    return { at: now() };
  },
  progress: () => ({ at: now(), partners: partners.map(({ progress }) => progress) }),
  between: ({ partner, from, to }) => acceptedBetween(partners[partner - 1].book, from, to),
  report: ({ expected }) => judge(Object.fromEntries(partners.map(({ book }, i) => [i + 1, book])), expected),
};
process.on('message', ({ id, ask, ...given }) => process.send({ id, answer: asked[ask](given) }));
process.on('disconnect', () => process.exit(0));

const ports = await Promise.all(
  partners.map(
    (partner) =>
      new Promise((resolve) => {
        const server = createServer((socket) => serve(socket, (text, answer) => take(partner, text, answer)));
        server.listen(0, '127.0.0.1', 2_048, () => resolve(server.address().port));
      }),
  ),
);
process.send({ ports });
