import { setTimeout as wait } from 'node:timers/promises';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ScriptedReply } from './faults.js';
import type { StandIn } from './stand-in.js';

/** Plays the faults in force before the partner's routes see a request. Costs one comparison while there are none. */
export function playFaults(app: FastifyInstance, standIn: StandIn): void {
  const cut = new WeakSet<FastifyRequest>();

  app.addHook('preHandler', (request, reply, done) => {
    if (!standIn.faults.any) return done();
    const { operation, codes } = standIn.aim(request);
    const meeting = standIn.faults.meet(operation, codes);
    switch (meeting.kind) {
      case 'none':
        return done();
      case 'slow':
        void wait(meeting.ms).then(() => done());
        return;
      case 'hang':
        reply.hijack();
        return;
      case 'lose-answer':
        cut.add(request);
        return done();
      case 'busy': {
        const answer = standIn.busyAnswer(request);
        void reply
          .code(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body);
        return;
      }
      case 'reply':
        play(reply, meeting.reply);
    }
  });

  app.addHook('onSend', (request, _reply, payload, done) => {
    if (cut.has(request)) request.raw.socket.destroy();
    done(null, payload);
  });
}

function play(reply: FastifyReply, scripted: ScriptedReply): void {
  void reply.code(scripted.status);
  if (scripted.html !== undefined)
    void reply
      .type('text/html; charset=utf-8')
      .headers(scripted.headers ?? {})
      .send(scripted.html);
  else if (scripted.text !== undefined)
    void reply
      .type('text/plain; charset=utf-8')
      .headers(scripted.headers ?? {})
      .send(scripted.text);
  else if (scripted.body !== undefined) {
    void reply
      .type('application/json; charset=utf-8')
      .headers(scripted.headers ?? {})
      .send(JSON.stringify(scripted.body));
  } else void reply.headers(scripted.headers ?? {}).send();
}
