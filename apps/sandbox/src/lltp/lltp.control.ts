import type { FastifyInstance } from 'fastify';

import { dayOf, isDayMonthYear, toDayMonthYear } from '../stand-in/real-dates.js';
import type { Processing, Revocation } from './cases.js';
import type { LltpParts } from './take-application.route.js';

type Body = Record<string, unknown>;

/** What a clerk of the judicial-record office can do with a case, and how fast the office works. */
export function lltpControl(app: FastifyInstance, parts: LltpParts): void {
  const { cases, process, record } = parts;
  const codeOf = (params: unknown): string => (params as { code: string }).code;

  app.get('/processing', () => cases.processing);
  app.put('/processing', (request, reply) => {
    const asked: Processing = { ...cases.processing, ...(request.body as Partial<Processing>) };
    if (!isProcessing(asked))
      return reply.code(400).send({ detail: 'delays are null or milliseconds, shares from 0 to 1' });
    process.change(asked);
    return cases.processing;
  });

  /** What another system hands over with its open cases. One that is here already stays as it is. */
  app.post('/taken-over', (request, reply) => {
    const { cases: moved } = (request.body ?? {}) as { cases?: (Body & { code: string; status: number })[] };
    if (!Array.isArray(moved)) return reply.code(400).send({ detail: 'cases is a list' });
    for (const { code, status, ...kept } of moved) {
      if (cases.get(code)) continue;
      record.acted('taken-over', code, { status, kept });
      const held = cases.get(code);
      if (held) process.expect(held);
    }
    return { held: moved.length };
  });

  app.post('/cases/:code/status', (request, reply) => {
    const { status, reason } = (request.body ?? {}) as { status?: number; reason?: string };
    const code = codeOf(request.params);
    if (!cases.get(code)) return reply.code(404).send({ held: false });
    if (status === undefined || !Number.isInteger(status) || status < 1 || status > 10) {
      return reply.code(400).send({ detail: 'status is 1 to 10' });
    }
    process.setStatus(code, status, reason);
    return cases.get(code);
  });

  app.post('/cases/:code/result', (request, reply) => {
    const { withConviction, status } = (request.body ?? {}) as { withConviction?: boolean; status?: number };
    const issued = process.issue(codeOf(request.params), withConviction ?? false, status ?? 9);
    return issued ? cases.get(codeOf(request.params)) : reply.code(404).send({ held: false });
  });

  app.post('/cases/:code/revocation', (request, reply) => {
    const held = cases.get(codeOf(request.params));
    if (!held) return reply.code(404).send({ held: false });
    if (held.status < 9 || !held.record)
      return reply.code(409).send({ detail: 'only an issued record can be revoked' });
    const asked = (request.body ?? {}) as Body;
    const text = (member: string, otherwise: string): string =>
      typeof asked[member] === 'string' ? asked[member] : otherwise;
    const revocation: Revocation = {
      reason: text('reason', 'Sai họ tên'),
      number: text('number', '03/QĐ-MAU'),
      date: text('date', toDayMonthYear(dayOf(new Date()))),
      summary: text('summary', 'Thu hồi Phiếu lý lịch tư pháp'),
    };
    if (!isDayMonthYear(revocation.date)) return reply.code(400).send({ detail: 'date is dd/MM/yyyy' });
    record.acted('revocation', held.code, { kept: revocation });
    return cases.get(held.code);
  });
}

const isDelay = (value: unknown): boolean => value === null || (typeof value === 'number' && value >= 0);
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;

const isProcessing = (asked: Processing): boolean =>
  isDelay(asked.toInProgressMs) &&
  isDelay(asked.toDoneMs) &&
  isShare(asked.supplementShare) &&
  isShare(asked.recordShare);
