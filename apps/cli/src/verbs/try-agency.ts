import { readFile } from 'node:fs/promises';
import { tryAgency as tryOne, type Tried, type TryWhat } from '#agency';
import { noteLook } from '#ledger';
import { Secrets } from '#service/plain';
import { readAgencyFile } from '../agency/agency-folder.js';
import { faultWords } from '../agency/fault-words.js';
import { dayOf, wholeOf } from '../operate/named.js';
import { authorOf, ledgerSettings, secretSettings } from '../settings.js';
import { printable } from '../terminal/columns.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const tryAgency: Verb = {
  words: 'agency try',
  usage: 'FILE (--case CODE [--sequence N] | --sample EVENT.json) [--on DATE] [--send] [--json]',
  vi: 'Lập bản gửi của một sự kiện theo tệp này và in ra, không gửi. --send: gửi thật một lần, cơ quan nhận sẽ giữ bản ấy.',
  en: 'Maps one event by this file and prints the item, unsent. --send: really sends it once, and the partner will hold it.',
  options: {
    case: { type: 'string' },
    sequence: { type: 'string' },
    sample: { type: 'string' },
    on: { type: 'string' },
    send: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const file = await readAgencyFile(given.operands[0]!, terminal.env);
    const what = await whatOf(given);
    const isSent = given.options.send === true;
    const secrets = new Secrets(secretSettings(terminal.env).secretsDir);
    const operator = authorOf(terminal.env);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const tried = await tryOne(db, file, {
        what,
        on: dayOf(given, 'on'),
        send: isSent ? { secret: (name) => secrets.get(name), to: 'anybody' } : undefined,
        async note(action, caseCode) {
          await noteLook(db, { operator, door: 'cli', action, agency: file.id, caseCode });
          if (isSent) say(terminal.stderr, REALLY);
        },
      });
      return given.options.json === true ? asJson(tried, terminal) : inWords(tried, terminal);
    });
  },
};

const REALLY =
  '!!! GỬI THẬT, ngoài mọi hàng đợi: cơ quan nhận sẽ giữ bản này, sổ cái không biết · REALLY SENT, outside any lane: the partner will hold it, the ledger knows nothing of it';

async function whatOf(given: Given): Promise<TryWhat> {
  const [code, path, sequence] = [textOf(given, 'case'), textOf(given, 'sample'), wholeOf(given, 'sequence')];
  if (code !== undefined && path === undefined) return { code, sequence };
  if (path === undefined || code !== undefined)
    throw new Trouble('Cần --case CODE hoặc --sample EVENT.json', '--case CODE or --sample EVENT.json is needed');
  try {
    return { sample: JSON.parse(await readFile(path, 'utf8')) as unknown };
  } catch {
    throw new Trouble(`Không đọc được JSON trong ${path}`, `${path} holds no JSON`);
  }
}

type Made = Extract<Tried, { about: unknown }>;

function possible(tried: Tried): Made {
  switch (tried.outcome) {
    case 'no-version':
      throw new Trouble(`Ngày ${tried.on} chưa có phiên bản nào`, `no version is in force on ${tried.on}`);
    case 'not-sendable':
      throw new Trouble('Giao thức này không gửi thử được', 'topics and feeds can’t be sent to by way of trial');
    case 'not-applied':
      throw new Trouble('Chưa được áp dụng', 'it isn’t applied');
    case 'no-such-event':
      throw new Trouble(`Hồ sơ không có sự kiện như vậy (${tried.types.join(', ')})`, 'the case has no such event');
    case 'faulty-sample':
      throw new Trouble(
        'Mẫu không phải một sự kiện của trục',
        `it is no event of the hub:${tried.faults.map((fault) => `\n  ${faultWords(fault)}`).join('')}`,
      );
    case 'needs-case':
      throw new Trouble(
        'Giao thức này cần cả hồ sơ: hãy dùng --case, hoặc mẫu case.received hay case.supplemented',
        'this protocol maps the case in full: use --case, or a sample of case.received or case.supplemented',
      );
    default:
      return tried;
  }
}

const exitOf = (made: Made): number =>
  made.outcome === 'unmappable' || (made.sent && made.sent.reply.kind !== 'accepted') ? 1 : 0;

function asJson(tried: Tried, { stdout }: Terminal): number {
  const made = possible(tried);
  const { about, outcome: _, ...rest } = made;
  const { sent, ...shown } = rest as { sent?: object };
  say(stdout, JSON.stringify({ ...about, ...shown, ...sent }, null, 2));
  return exitOf(made);
}

function inWords(tried: Tried, { stdout }: Terminal): number {
  const made = possible(tried);
  const { about } = made;
  if (made.outcome === 'unmappable') {
    say(stdout, `✗ không lập được · can’t be mapped: ${printable(made.reason)}`);
    return 1;
  }
  const { operation, item, request, sent } = made;
  say(
    stdout,
    `${about.type} #${about.sequence}, phiên bản · version ${about.version}, thao tác · operation ${operation}`,
  );
  for (const line of JSON.stringify(item, shortened, 2).split('\n')) say(stdout, printable(line));
  if (request) {
    say(stdout, 'Yêu cầu, không kèm mật khẩu · the request, without credentials:');
    say(stdout, printable(`  ${request.method} ${request.url}`));
    for (const [name, value] of request.headers) say(stdout, printable(`  ${name}: ${value}`));
    if (request.body !== null) say(stdout, `  ${printable(shortBody(request.body))}`);
  }
  if (!sent) say(stdout, '(chưa gửi · not sent)');
  else {
    const why = 'reason' in sent.reply ? `: ${printable(sent.reply.reason)}` : '';
    say(stdout, `→ ${sent.reply.kind}${why} (${sent.tookMs} ms)`);
  }
  return exitOf(made);
}

/** A file inside an item would fill the screen; `--json` has it whole. */
const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > 500
    ? `${value.slice(0, 60)}… (${value.length} ký tự · characters)`
    : value;

const shortBody = (body: string): string => (body.length > 4_000 ? `${body.slice(0, 4_000)}…` : body);
