import type { Socket } from 'node:net';
import type { Service } from '#service';
import { problem } from '#wire';
import { answerProblem } from './answer-problem.js';
import { refusal } from './refusal.js';

/** Requests that reach no route, because their address or their very form can't be read: the same form of answer as elsewhere. */
export const answerBeforeRouting: NonNullable<Service['beforeRouting']> = {
  frameworkErrors(error, request, reply) {
    answerProblem(request, reply, refusal('invalid-envelope', 'path:', error.code));
  },
  clientErrorHandler(error: Error & { code?: string }, socket: Socket) {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const rule =
      { HPE_HEADER_OVERFLOW: 'maxBytes:16384', ERR_HTTP_REQUEST_TIMEOUT: 'in-time' }[error.code ?? ''] ?? 'http';
    const body = JSON.stringify(problem('invalid-envelope', 'vi', { faults: [{ path: 'header:', rule }] }));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  },
};
