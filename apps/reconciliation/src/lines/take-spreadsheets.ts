import type { FastifyInstance } from 'fastify';
import { SourceRefused } from './line-source.js';
import { spoolFile, type SpooledFile } from '../sources/spool-file.js';

/** As large as `lienthong reconcile run --file` takes; a workbook of 300,000 rows has a third of it. */
export const LARGEST_SHEET = 64 * 1_048_576;

/** Books that a person brought, as they came; gone when the request is answered. */
export class BroughtFile {
  constructor(readonly bytes: SpooledFile) {}

  chunks(): AsyncIterable<Buffer> {
    return this.bytes.from(0, this.bytes.size);
  }
}

/** Books as the body itself, kept in a file without a name as they come: memory holds a chunk of them. */
export function takeSpreadsheets(fastify: FastifyInstance): void {
  const types = ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'text/csv'];
  const tooLarge = (): Error => Object.assign(new Error('too large'), { statusCode: 413 });
  fastify.addContentTypeParser(
    types,
    { bodyLimit: LARGEST_SHEET },
    async (request: { headers: Record<string, unknown> }, body: AsyncIterable<Buffer>) => {
      if (Number(request.headers['content-length'] ?? 0) > LARGEST_SHEET) throw tooLarge();
      try {
        return new BroughtFile(await spoolFile(body, LARGEST_SHEET));
      } catch (error) {
        throw error instanceof SourceRefused ? tooLarge() : error;
      }
    },
  );
  fastify.addHook('onResponse', async ({ body }) => {
    if (body instanceof BroughtFile) await body.bytes.close();
  });
}
