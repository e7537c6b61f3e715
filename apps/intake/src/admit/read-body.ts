import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJson } from './read-json.js';
import { refusal, Refused } from './refusal.js';

export const MAX_JSON_BYTES = 10 * 1_048_576;

/** What a route takes, named in its @RouteConfig: JSON unless it says otherwise. */
export type BodyKind = 'json' | 'envelope' | 'form' | 'filing' | 'lines' | 'bytes';

/** The session stands in an envelope's body: somebody unknown makes us read this much. */
const MAX_ENVELOPE_BYTES = 4 * 1_048_576;
/** A form that was filed online, its files in base64 inside; only from whoever has shown a key. */
const MAX_FORM_BYTES = 40 * 1_048_576;
/** The same of judicial records; several may be read at once, so each is smaller. */
export const MAX_FILING_BYTES = 24 * 1_048_576;
const LIMITS: Readonly<Partial<Record<BodyKind, number>>> = {
  envelope: MAX_ENVELOPE_BYTES,
  form: MAX_FORM_BYTES,
  filing: MAX_FILING_BYTES,
};

const JSON_TYPES = /^application\/(?:[\w.-]+\+)?json$/i;
const LINE_TYPES = /^application\/(?:x-ndjson|ndjson|jsonl)$/i;

/** A body that is too large is read to its end and dropped up to here, so that its sender gets the answer and not a reset. */
const MAX_DROPPED_BYTES = 256 * 1_048_576;
const MAX_DROPPED_MS = 10_000;

/** Our own reading of every body; streams pass untouched to the routes that read them in bounds. */
export function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const kind = (request.routeOptions.config as { body?: BodyKind }).body ?? 'json';
    const [type = '', ...parameters] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim());
    if (kind === 'bytes') return done(null, payload);
    // Clients of the portal's protocol name types as they like; that it is JSON in UTF-8 is seen when it is read.
    if (kind !== 'envelope' && kind !== 'form' && kind !== 'filing') {
      if (!(kind === 'lines' ? LINE_TYPES : JSON_TYPES).test(type)) return done(notTaken(kind));
      if (!parameters.every(isUtf8Parameter)) return done(notTaken(kind));
    }
    if (kind === 'lines') return done(null, payload);
    const limit = LIMITS[kind] ?? MAX_JSON_BYTES;
    readWhole(request, payload, limit, (error, bytes) => {
      if (!bytes) return done(error);
      const read = readJson(bytes);
      if (read.kind === 'refused') done(new Refused(read.refusal));
      else done(null, read.value);
    });
  });
}

const isUtf8Parameter = (parameter: string): boolean =>
  !/^charset=/i.test(parameter) || /^charset="?utf-?8"?$/i.test(parameter);

const notTaken = (kind: BodyKind): Refused =>
  new Refused(
    refusal(
      'unsupported-media-type',
      'header:content-type',
      kind === 'lines' ? 'application/x-ndjson' : 'application/json',
    ),
  );

export const tooLarge = (limit: number): Refused => new Refused(refusal('too-large', '/', `maxBytes:${limit}`));

function readWhole(
  request: FastifyRequest,
  payload: IncomingMessage,
  limit: number,
  done: (error: Error | null, bytes?: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return void dropRest(payload, announced).then(() => done(tooLarge(limit)));
  const finish = (error: Error | null, bytes?: Buffer): void => {
    payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    done(error, bytes);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limit) {
      payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      chunks.length = 0;
      void dropRest(payload, 0).then(() => done(tooLarge(limit)));
    } else chunks.push(chunk);
  };
  const onEnd = (): void => finish(null, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
  const onError = (error: Error): void => finish(error);
  const onClose = (): void => finish(Object.assign(new Error('cut off'), { code: 'ECONNRESET' }));
  payload.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
}

/** Reads on and keeps nothing; ends at the body's end or at a bound, and then the connection is closed behind the answer. */
export function dropRest(payload: IncomingMessage, announced: number): Promise<void> {
  if (announced > MAX_DROPPED_BYTES) return Promise.resolve();
  return new Promise((resolve) => {
    let dropped = 0;
    const end = (): void => {
      clearTimeout(timer);
      payload.off('data', count).off('end', end).off('error', end).off('close', end);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      dropped += chunk.length;
      if (dropped > MAX_DROPPED_BYTES) end();
    };
    const timer = setTimeout(end, MAX_DROPPED_MS);
    payload.on('data', count).on('end', end).on('error', end).on('close', end);
  });
}
