import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AnswerBender } from './bend-answer.js';
import { bentRequest, mapped } from './bend-request.js';
import type { Met, ScriptedReply } from './faults.js';
import { mute, type Said } from './manner.js';
import { failureInWords, pages } from './pages.js';
import type { StandIn } from './stand-in.js';

interface Bent {
  met: Met[];
  question: string;
}

const dripPieces = 20;

/**
 * Plays the faults in force before the partner's routes see a request, and on what they answer. Costs one comparison while
 * there are none. `requested` is told of every request first: a scenario may begin a step with it.
 */
export function playFaults(app: FastifyInstance, standIn: StandIn, requested: () => void): void {
  const manner = standIn.manner ?? mute;
  const bent = new WeakMap<FastifyRequest, Bent>();
  const bender = new AnswerBender();
  const byHand = randomUUID();

  app.addHook('preHandler', (request, reply, done) => {
    if (request.headers['x-by-hand'] === byHand) return done();
    requested();
    if (!standIn.faults.any) return done();
    const { operation, codes } = standIn.aim(request);
    const bytes = Number(request.headers['content-length'] ?? 0);
    const met = standIn.faults.meet({ operation, codes, bytes }, manner);
    if (met.length === 0) return done();
    bent.set(request, { met, question: `${operation} ${codes.join(' ')}` });
    for (const one of met) request.body = bentRequest(request.body, one, manner);
    act(request, reply, met, operation).then((goesOn) => (goesOn ? done() : undefined), done);
  });

  /** Whether the partner's own route sees the request. */
  async function act(request: FastifyRequest, reply: FastifyReply, met: Met[], operation: string): Promise<boolean> {
    for (const one of met) {
      if (one.name === 'slowMs') await wait(one.fault.slowMs);
      else if (one.name === 'enteredBefore') await enterByHand(request);
      else if (one.name === 'sessionEndsAfter') endSessions(one);
      else if (one.name === 'hang') {
        reply.hijack();
        return false;
      } else if (one.name === 'cutBefore') {
        reply.hijack();
        request.raw.socket.destroy();
        return false;
      } else {
        const said = answerInstead(one, request, operation);
        if (!said) continue;
        play(reply, said);
        return false;
      }
    }
    return true;
  }

  function answerInstead(
    { name, fault, hit }: Met,
    request: FastifyRequest,
    operation: string,
  ): ScriptedReply | undefined {
    switch (name) {
      case 'busy':
        return standIn.busyAnswer(request);
      case 'reply':
        return fault.reply?.[hit - 1];
      case 'loginRefused':
        return manner.loginRefused?.();
      case 'silentLoss':
        return manner.accepted(operation, request.body);
      case 'successButNot':
        return inOtherWords(manner.accepted(operation, request.body), manner.outcome?.words ?? '');
      case 'maintenance':
      case 'rejectPage':
      case 'unavailable':
      case 'tooLargeOver':
        return pages[name];
      default:
        return undefined;
    }
  }

  function endSessions({ fault, hit }: Met): void {
    if (hit > (fault.sessionEndsAfter ?? 0)) manner.endSessions?.();
  }

  async function enterByHand(request: FastifyRequest): Promise<void> {
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = request.headers;
    const names = manner.freeText === undefined ? [] : [manner.freeText];
    await app.inject({
      method: 'POST',
      url: request.url,
      headers: { ...headers, 'x-by-hand': byHand },
      payload: JSON.stringify(mapped(request.body, names, (text) => `${String(text)} (nhập tay)`)),
    });
  }

  app.addHook('onSend', (request, reply, payload, done) => {
    const found = bent.get(request);
    if (!found) return done(null, payload);
    answered(request, reply, payload, found).then((said) => done(null, said), done);
  });

  async function answered(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    { met, question }: Bent,
  ): Promise<unknown> {
    if (met.some(({ name }) => name === 'loseAnswer')) request.raw.socket.destroy();
    const bend = (text: string): string =>
      JSON.stringify(
        met.reduce((answer, one) => bender.bent(answer, one, manner, question), JSON.parse(text) as unknown),
      );
    const said = isLines(reply, payload)
      ? payload.replace(/^.+$/gm, bend)
      : isJson(reply, payload)
        ? bend(payload)
        : payload;
    const late = met.find(({ name }) => name === 'slowAnswerMs');
    if (late) await wait(late.fault.slowAnswerMs);
    const drip = met.find(({ name }) => name === 'dripMs')?.fault.dripMs;
    return drip === undefined || typeof said !== 'string' ? said : Readable.from(inPieces(said, drip));
  }
}

async function* inPieces(text: string, overMs: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const size = Math.max(1, Math.ceil(bytes.length / dripPieces));
  for (let at = 0; at < bytes.length; at += size) {
    await wait((overMs * size) / bytes.length);
    yield bytes.subarray(at, at + size);
  }
}

const isLines = (reply: FastifyReply, payload: unknown): payload is string =>
  typeof payload === 'string' && String(reply.getHeader('content-type')).includes('ndjson');

const isJson = (reply: FastifyReply, payload: unknown): payload is string =>
  typeof payload === 'string' && String(reply.getHeader('content-type')).includes('json');

const inOtherWords = (said: Said | undefined, member: string): Said | undefined =>
  said && { ...said, body: { ...(said.body as object), [member]: failureInWords } };

function play(reply: FastifyReply, { status, headers = {}, html, text, body }: ScriptedReply): void {
  void reply.code(status);
  if (html !== undefined) void reply.type('text/html; charset=utf-8').headers(headers).send(html);
  else if (text !== undefined) void reply.type('text/plain; charset=utf-8').headers(headers).send(text);
  else if (body !== undefined)
    void reply.type('application/json; charset=utf-8').headers(headers).send(JSON.stringify(body));
  else void reply.headers(headers).send();
}
