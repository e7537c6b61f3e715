import type { FastifyInstance, FastifyReply } from 'fastify';

import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import type { Secret } from '../stand-in/secrets.js';
import { textAt } from '../stand-in/text-at.js';
import type { CounterCases } from './cases.js';

type Members = Record<string, unknown>;

export interface EventDoor {
  cases: CounterCases;
  faults: Faults;
  key: Secret;
  /** Told after the event is in the book. */
  arrived(code: string, type: string): void;
}

/** The hub's deliveries to the one-stop: CloudEvents, told apart by id for ever; the book names them by their type. */
export function takeEvents(app: FastifyInstance, door: EventDoor): void {
  app.post('/cases/:code/events', (request, reply) => {
    const { code } = request.params as { code: string };
    if (request.headers.authorization !== `Bearer ${door.key.read()}`)
      return problem(reply, 401, 'Khóa truy cập không đúng.');
    const event = (request.body ?? {}) as Members;
    const hash = itemHash(event);
    const type = textAt(event, 'type');
    const id = textAt(event, 'id');
    const wrong = request.headers['content-type']?.startsWith('application/cloudevents+json')
      ? (checkEvent(event, code) ?? door.faults.refusal(type, code, event)?.text)
      : 'content-type: application/cloudevents+json';
    if (wrong !== undefined) {
      door.cases.record(type, code, hash, 'refused', { eventId: id });
      return problem(reply, 422, wrong);
    }
    const data = event['data'] as Members;
    const place = Number(textAt(event, 'sequence'));
    const sequence = place > 0 ? { sequence: place } : {};
    const status = typeof data['status'] === 'number' ? { status: data['status'] } : {};
    if (door.cases.hasEvent(id)) {
      door.cases.record(type, code, hash, 'repeat', { eventId: id });
      return reply.send({ outcome: 'repeat' });
    }
    const kept = { type, data, ...stepOf(event) };
    door.cases.record(type, code, hash, 'applied', { eventId: id, ...status, ...sequence, kept });
    door.arrived(code, type);
    return reply.send({ outcome: 'applied' });
  });
}

/** What a one-stop shows its officer of the step that is theirs. */
function stepOf(event: Members): { step?: Record<string, string> } {
  const step = Object.entries(event).filter(([name, value]) => name.startsWith('route') && typeof value === 'string');
  return step.length === 0 ? {} : { step: Object.fromEntries(step) as Record<string, string> };
}

/** The member that breaks the rule, in the words of a one-stop's log; undefined where the event can be taken. */
function checkEvent(event: Members, code: string): string | undefined {
  if (event['specversion'] !== '1.0') return 'specversion: 1.0';
  for (const member of ['id', 'source', 'type', 'subject', 'time']) {
    if (typeof event[member] !== 'string' || event[member] === '') return `${member}: bắt buộc`;
  }
  if (Number.isNaN(Date.parse(event['time'] as string))) return 'time: RFC 3339';
  if (event['subject'] !== `case/${code}`) return 'subject: không khớp mã hồ sơ';
  const data = event['data'];
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return 'data: bắt buộc';
  return checkData(textAt(event, 'type'), data as Members);
}

function checkData(type: string, data: Members): string | undefined {
  const { status, documents, at } = data;
  switch (type) {
    case 'vn.lienthong.case.status-changed.v1':
      if (!Number.isInteger(status) || Number(status) < 1 || Number(status) > 10) return 'data.status: 1–10';
      return isTime(at) ? undefined : 'data.at: RFC 3339';
    case 'vn.lienthong.case.result-issued.v1':
      if (!Array.isArray(documents)) return 'data.documents: bắt buộc';
      return documents.every((file: Members) => /^[0-9a-f]{64}$/.test(String(file['sha256'])))
        ? undefined
        : 'data.documents.sha256';
    case 'vn.lienthong.case.result-revoked.v1':
      return typeof data['reason'] === 'string' ? undefined : 'data.reason: bắt buộc';
    case 'vn.lienthong.case.correction-asked.v1':
      return Array.isArray(data['fields']) ? undefined : 'data.fields: bắt buộc';
    default:
      return type.startsWith('vn.lienthong.case.') ? undefined : 'type: không được hỗ trợ';
  }
}

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

const problem = (reply: FastifyReply, status: number, detail: string): FastifyReply =>
  reply.code(status).type('application/problem+json').send({ type: 'about:blank', status, detail });
