import { readFile } from 'node:fs/promises';
import { problemAsTrouble, reach } from '../ask-process.js';
import { dayOf } from '../operate/named.js';
import { SecretFiles } from '../secret-files.js';
import { reconciliationUrl, secretSettings } from '../settings.js';
import { printable } from '../terminal/columns.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';

interface SomeLines {
  by: string;
  day: string;
  lines: { key: string; receivedOn: string; hash: string; fields: Record<string, string | null> | null }[];
  read: number;
  cut: boolean;
  exchanged: number;
  refused: { rule: string; vi: string; en: string; row?: number } | null;
}

const LOOK_MS = 500;

export const readLines: Verb = {
  words: 'reconcile lines',
  usage: '--agency AGENCY [--day DATE] [--by WAY] [--file FILE]',
  vi: 'Đọc thử sổ của cơ quan ấy theo hợp đồng: 20 dòng đầu của ngày, mã băm, trường đã che; điều gì khiến sổ bị từ chối. Không lưu gì.',
  en: 'Reads an agency’s books by its contract, by way of trial: the day’s first 20 lines, hashes, masked fields; what refuses them. Keeps nothing.',
  options: { agency: { type: 'string' }, day: { type: 'string' }, by: { type: 'string' }, file: { type: 'string' } },
  async run(given, terminal) {
    const some = await asked(given, terminal);
    const { stdout } = terminal;
    for (const { key, receivedOn, hash, fields } of some.lines) {
      const said = Object.entries(fields ?? {}).map(([name, value]) => `${name}=${value ?? '∅'}`);
      say(stdout, printable(`${key}  ${receivedOn}  ${hash.slice(0, 12)}  ${said.join(' ')}`));
    }
    const more = some.cut ? '+' : '';
    say(stdout, `${some.by} ${some.day}: ${some.read}${more} dòng · lines, ${some.exchanged} byte`);
    if (!some.refused) return 0;
    const { rule, vi, en, row } = some.refused;
    const [dong, at] = row === undefined ? ['', ''] : [`dòng ${row}: `, `row ${row}: `];
    say(stdout, printable(`✗ ${dong}${vi} · ${at}${en} [${rule}]`));
    return 1;
  },
};

async function asked(given: Given, { env, stderr }: Terminal): Promise<SomeLines> {
  const agency = textOf(given, 'agency');
  if (agency === undefined) throw new Trouble('Cần --agency', '--agency is needed');
  const key = await new SecretFiles(secretSettings(env).secretsDir).operatorKey(env);
  const url = new URL(`${reconciliationUrl(env)}/v1/agencies/${encodeURIComponent(agency)}/lines-read`);
  for (const [name, value] of [
    ['day', dayOf(given, 'day')],
    ['by', textOf(given, 'by')],
  ] as const)
    // prettier-ignore
    if (value !== undefined) url.searchParams.set(name, value);
  const path = textOf(given, 'file');
  const file = path === undefined ? undefined : await bytesOf(path);
  const bar = new ProgressBar(stderr);
  const shown = setInterval(
    () => bar.show(undefined, 'Đang đọc sổ của đối tác · reading the partner’s books'),
    LOOK_MS,
  );
  try {
    const { statusCode, body } = await reach(url.href, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'accept-language': 'vi',
        'content-type': file ? typeOf(file) : 'application/json',
      },
      body: file ?? '{}',
      headersTimeout: 180_000,
    });
    const answer = await body.text();
    if (statusCode !== 200) throw problemAsTrouble(statusCode, answer);
    return JSON.parse(answer) as SomeLines;
  } finally {
    clearInterval(shown);
    bar.end();
  }
}

const typeOf = (file: Buffer): string =>
  file.subarray(0, 2).toString('latin1') === 'PK'
    ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    : 'text/csv';

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new Trouble(`Không đọc được ${path} (${code})`, `${path} can't be read (${code})`);
  }
}
