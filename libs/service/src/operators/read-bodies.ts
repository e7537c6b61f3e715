import type { FastifyInstance } from 'fastify';
import { Refused, refusal } from '#wire';

/** A file of ten thousand codes has half of this. */
export const MAX_BODY_BYTES = 1_048_576;

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** Agency files as YAML, everything else as JSON; nothing longer than an agency file may be. */
export function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const inBounds = { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES } as const;
  fastify.addContentTypeParser(YAML_TYPES, inBounds, (_request, body: Buffer, done) => textOf(body, done));
  fastify.addContentTypeParser('application/json', inBounds, (_request, body: Buffer, done) => {
    textOf(body, (error, text) => {
      if (error) return done(error);
      try {
        done(null, JSON.parse(text!) as unknown);
      } catch {
        done(new Refused(refusal('malformed-json', '/', 'json')));
      }
    });
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(body: Buffer, done: (error: Error | null, text?: string) => void): void {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return done(new Refused(refusal('invalid-utf8', '/', 'utf-8')));
  }
  done(null, text);
}
