import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '#ledger';
import { languageOf, problemOf } from '#wire';

/** Whoever asked has gone: nobody needs what is being worked out. */
class Gone extends Error {}

const EVERY_MS = 100;

/** Answers long work: NDJSON with `progress` lines and the result in the last, or the result alone. */
export class TellProgress {
  private gone = false;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
  ) {
    reply.raw.once('close', () => (this.gone = !reply.raw.writableFinished));
  }

  async while(work: (onProgress: (done: number, total: number) => void) => Promise<object>): Promise<void> {
    const isLines = /\bndjson\b/.test(this.request.headers.accept ?? '');
    try {
      await (isLines ? this.inLines(work) : this.whole(work));
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  }

  private async whole(work: (onProgress: () => void) => Promise<object>): Promise<void> {
    const result = await work(() => this.stopWhenGone());
    await this.reply.code(200).send(result);
  }

  private async inLines(work: (onProgress: (done: number, total: number) => void) => Promise<object>): Promise<void> {
    const lines = new PassThrough();
    const say = (line: object): void => void lines.write(`${JSON.stringify(line)}\n`);
    void this.reply.code(200).type('application/x-ndjson').send(lines);
    let told = 0;
    try {
      const result = await work((done, total) => {
        this.stopWhenGone();
        if (performance.now() - told < EVERY_MS && done < total) return;
        told = performance.now();
        say({ progress: { done, total } });
      });
      say({ result });
    } catch (error) {
      if (error instanceof Gone) throw error;
      // The answer has begun: what went wrong can only be its last line.
      const code = isUnavailable(error) ? 'unavailable' : 'internal';
      say({ problem: problemOf({ code }, languageOf(this.request.headers['accept-language'])) });
    } finally {
      lines.end();
    }
  }

  private stopWhenGone(): void {
    if (this.gone) throw new Gone();
  }
}
