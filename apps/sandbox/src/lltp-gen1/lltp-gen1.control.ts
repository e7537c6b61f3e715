import type { FastifyInstance } from 'fastify';

import type { FirstLltpCase, Processing } from './cases.js';
import type { FirstLltpParts } from './functions.js';

/** What a clerk of the department can do, how fast the office works, and the ministry's move to another system. */
export function firstLltpControl(app: FastifyInstance, { cases, process, record }: FirstLltpParts): void {
  app.get('/processing', () => cases.processing);
  app.put('/processing', (request, reply) => {
    const asked: Processing = { ...cases.processing, ...(request.body as Partial<Processing>) };
    if (![asked.toInProgressMs, asked.toDoneMs].every(isDelay))
      return reply.code(400).send({ detail: 'delays are null or milliseconds' });
    process.change(asked);
    return cases.processing;
  });

  app.post('/cases/:code/status', (request, reply) => {
    const { status, day } = (request.body ?? {}) as { status?: unknown; day?: string };
    const { code } = request.params as { code: string };
    if (!cases.get(code)) return reply.code(404).send({ held: false });
    if (status !== 3 && status !== 4 && status !== 5) return reply.code(400).send({ detail: 'status is 3, 4 or 5' });
    process.move(code, status, day);
    return cases.get(code);
  });

  /** How senders spell the three forms. */
  app.get('/spellings', () => {
    const counted = { WSForm: 0, Form: 0 };
    for (const { spelling } of cases.all()) counted[spelling] += 1;
    return counted;
  });

  /** `to`: the control address of the second system's stand-in. Open cases are worked on there from now on. */
  app.post('/hand-over', async (request, reply) => {
    const { to } = (request.body ?? {}) as { to?: unknown };
    if (typeof to !== 'string' || !URL.canParse(to)) return reply.code(400).send({ detail: 'to is an address' });
    const open = [...cases.all()].filter(({ status, handedOver }) => status < 5 && !handedOver);
    const answer = await fetch(`${to}/taken-over`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cases: open.map(asMoved) }),
    });
    if (!answer.ok) return reply.code(502).send({ detail: `HTTP ${answer.status}` });
    for (const held of open) {
      record.acted('handed-over', held.code);
      process.expect(held);
    }
    return { handedOver: open.map(({ code }) => code) };
  });
}

const isDelay = (value: unknown): boolean => value === null || (typeof value === 'number' && value >= 0);

/** A case in the second system's words. */
const asMoved = ({ code, status, formType, isBanPosition, received, promised, hash }: FirstLltpCase) => ({
  code,
  status: status === 3 ? 2 : 4,
  loaiPhieu: String(formType),
  yeuCauCDNCV: String(isBanPosition),
  ngayTiepNhan: received,
  ngayHenTra: promised,
  hash,
});
