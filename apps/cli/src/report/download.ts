import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { problemAsTrouble, reach, unreachable } from '../ask-process.js';
import { SecretFiles } from '../secret-files.js';
import { reconciliationUrl, secretSettings } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { Trouble, type Terminal } from '../verb.js';

/** A first report reads every event of the ledger. */
const PATIENCE_MS = 30 * 60_000;
const LOOK_MS = 2_000;

export const reportUrl = (env: NodeJS.ProcessEnv, path: string, query: Record<string, string | undefined>): string => {
  const url = new URL(`${reconciliationUrl(env)}/v1/reports${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
};

export async function askReport<T>(terminal: Terminal, url: string): Promise<T> {
  const { body, statusCode } = await waited(terminal, url);
  const text = await body.text();
  if (statusCode !== 200) throw problemAsTrouble(statusCode, text);
  return JSON.parse(text) as T;
}

/** To `file`, there whole or not at all, or to the terminal. */
export async function downloadReport(terminal: Terminal, url: string, file: string | undefined): Promise<void> {
  const { body, statusCode } = await waited(terminal, url);
  if (statusCode !== 200) throw problemAsTrouble(statusCode, await body.text());
  const part = `${file}.part`;
  try {
    if (file === undefined) await shown(body, terminal.stdout);
    else {
      await pipeline(body, createWriteStream(part));
      await rename(part, file);
    }
  } catch (error) {
    if (file !== undefined) await rm(part, { force: true });
    if (file !== undefined && /^E[A-Z]+$/.test(codeOf(error)) && codeOf(error) !== 'ECONNRESET')
      throw new Trouble(`Không ghi được ${file} (${codeOf(error)})`, `${file} can't be written`);
    throw unreachable(url, error);
  }
}

/** The terminal's own stream isn't ended by what is written to it. */
async function shown(body: AsyncIterable<Buffer>, out: Writable): Promise<void> {
  for await (const chunk of body) if (!out.write(chunk)) await once(out, 'drain');
}

/** While the process reads events that no report has read yet, the bar says how far it is. */
async function waited(terminal: Terminal, url: string): ReturnType<typeof reach> {
  const { secretsDir } = secretSettings(terminal.env);
  const authorization = `Bearer ${await new SecretFiles(secretsDir).operatorKey(terminal.env)}`;
  const bar = new ProgressBar(terminal.stderr);
  let first: number | undefined;
  const look = async (): Promise<void> => {
    const { body } = await reach(reportUrl(terminal.env, '/facts', {}), { method: 'GET', headers: { authorization } });
    const { behind } = (await body.json()) as { behind: number };
    first ??= behind;
    bar.show(first === 0 ? undefined : 1 - behind / first, `Đọc sự kiện: còn ${behind} hồ sơ · reading events`);
  };
  const timer = terminal.stderr.isTTY ? setInterval(() => void look().catch(() => undefined), LOOK_MS) : undefined;
  try {
    return await reach(url, {
      method: 'GET',
      headers: { accept: '*/*', 'accept-language': 'vi', authorization },
      headersTimeout: PATIENCE_MS,
      bodyTimeout: PATIENCE_MS,
    });
  } finally {
    clearInterval(timer);
    bar.end();
  }
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};
