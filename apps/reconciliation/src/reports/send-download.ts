import { PassThrough, type Writable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Log } from '#service';
import type { List } from './lists.js';
import { mediaTypes, sendList, type Format } from './tables-as.js';

export const sendListTo = <T>(log: Log, reply: FastifyReply, list: List<T>, as: Format, file: string): void =>
  send(log, reply, as, file, (to) => sendList(to, list, as));

/** What fails on the way cuts the answer, since half a file must not look whole; why, only the log can say by then. */
export function send(
  log: Log,
  reply: FastifyReply,
  as: Format,
  file: string,
  write: (to: Writable) => Promise<void>,
): void {
  const through = new PassThrough();
  void named(reply, as, file).send(through);
  let isGone = false;
  reply.raw.once('close', () => {
    isGone = true;
    through.destroy();
  });
  write(through).catch((error: unknown) => {
    const { code, name } = error as { code?: string; name?: string };
    if (!isGone) log.error({ file, as, code: code ?? name ?? 'unknown' }, 'a report broke off on its way');
    through.destroy(error instanceof Error ? error : new Error(String(error)));
  });
}

export const named = (reply: FastifyReply, as: Format, file: string): FastifyReply =>
  reply
    .header('content-type', mediaTypes[as])
    .header('content-disposition', `attachment; filename="${file.replace(/[^\w.-]/g, '-')}.${as}"`);
