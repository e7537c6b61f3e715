import { Readable, Writable } from 'node:stream';
import { runVerb } from '../run-verb.js';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A verb as typed, with what it wrote. */
export async function typed(words: string, env: Record<string, string>, input = '', tty = false): Promise<Ran> {
  const [out, err] = [collected(), collected()];
  const code = await runVerb(words.split(' '), {
    env,
    stdin: Readable.from([Buffer.from(input)]),
    stdout: out.stream,
    stderr: Object.assign(err.stream, { isTTY: tty, columns: 80 }),
  });
  return { code, out: out.text(), err: err.text() };
}

function collected(): { stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
