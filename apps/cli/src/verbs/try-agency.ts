import { readFile } from 'node:fs/promises';
import { connectorFor, renderItem, sampleEvent, sendOnce, type Connector, type OutgoingEvent } from '#connectors';
import { pastEvent, readFile as fileOfLedger, today, type Database } from '#ledger';
import { Secrets } from '#service';
import { eventTypes, shortType, type AgencyFile, type ContractVersion } from '#wire';
import { readAgencyFile } from '../agency/agency-folder.js';
import { faultWords } from '../agency/fault-words.js';
import { dayOf, wholeOf } from '../operate/named.js';
import { ledgerSettings, secretSettings } from '../settings.js';
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
    const contract = versionFor(file, dayOf(given, 'on') ?? today());
    if (given.options.send === true && ['topic', 'feed'].includes(contract.protocol))
      throw new Trouble('Giao thức này không gửi thử được', 'topics and feeds can’t be sent to by way of trial');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const none = (): Promise<never> => Promise.reject(new Error('a trial publishes nothing'));
      const connector = connectorFor(contract.protocol, { agency: file.id, contract, publish: none, append: none });
      try {
        return await tryOne(
          await eventFor(db, file, contract, connector, given),
          contract,
          connector,
          db,
          given,
          terminal,
        );
      } finally {
        await connector.close();
      }
    });
  },
};

function versionFor({ id, versions }: AgencyFile, day: string): ContractVersion {
  const version = versions.findLast(({ validFrom }) => validFrom <= day);
  if (!version) throw new Trouble(`${id}: ngày ${day} chưa có phiên bản nào`, `no version is in force on ${day}`);
  return version;
}

async function eventFor(
  db: Database,
  { id }: AgencyFile,
  { receives }: ContractVersion,
  connector: Connector,
  given: Given,
): Promise<OutgoingEvent> {
  const [code, sample, sequence] = [textOf(given, 'case'), textOf(given, 'sample'), wholeOf(given, 'sequence')];
  if ((code === undefined) === (sample === undefined))
    throw new Trouble('Cần --case CODE hoặc --sample EVENT.json', '--case CODE or --sample EVENT.json is needed');
  if (sample !== undefined) return eventIn(sample, connector);
  const wanted = new Set(receives.flatMap(({ events }) => events));
  const types = eventTypes.filter((type) => wanted.has(shortType(type)));
  const event = await pastEvent(db, id, code!, sequence === undefined ? { types } : { sequence });
  if (!event)
    throw new Trouble(
      `Hồ sơ ${code} không có sự kiện như vậy (${sequence ?? types.map(shortType).join(', ')})`,
      `${code} has no such event`,
    );
  return event;
}

async function eventIn(path: string, connector: Connector): Promise<OutgoingEvent> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new Trouble(`Không đọc được JSON trong ${path}`, `${path} holds no JSON`);
  }
  const sample = sampleEvent(read);
  if (sample.outcome === 'faulty')
    throw new Trouble(
      `${path} không phải một sự kiện của trục`,
      `it is no event of the hub:${sample.faults.map((fault) => `\n  ${faultWords(fault)}`).join('')}`,
    );
  const type = shortType(sample.event.type);
  if (connector.reads !== 'event' && type !== 'case.received' && type !== 'case.supplemented')
    throw new Trouble(
      'Giao thức này cần cả hồ sơ: hãy dùng --case, hoặc mẫu case.received hay case.supplemented',
      'this protocol maps the case in full: use --case, or a sample of case.received or case.supplemented',
    );
  return sample.event;
}

async function tryOne(
  event: OutgoingEvent,
  contract: ContractVersion,
  connector: Connector,
  db: Database,
  given: Given,
  { env, stdout, stderr }: Terminal,
): Promise<number> {
  const fileOf = async (sha256: string): Promise<Buffer> => {
    const found = await fileOfLedger(db, sha256);
    if (!found) throw Object.assign(new Error('file not held'), { code: 'FILE_NOT_HELD' });
    return found.bytes;
  };
  const rendered = await renderItem(connector, event, contract, fileOf);
  const about = { type: shortType(event.type), sequence: event.sequence, version: contract.validFrom };
  const asJson = given.options.json === true;
  if (rendered.outcome === 'unmappable') {
    const { reason } = rendered;
    say(
      stdout,
      asJson
        ? JSON.stringify({ ...about, reason }, null, 2)
        : `✗ không lập được · can’t be mapped: ${printable(reason)}`,
    );
    return 1;
  }
  const { operation, item } = rendered.item;
  if (!asJson) {
    say(
      stdout,
      `${about.type} #${about.sequence}, phiên bản · version ${about.version}, thao tác · operation ${operation}`,
    );
    for (const line of JSON.stringify(item, shortened, 2).split('\n')) say(stdout, printable(line));
  }
  if (given.options.send !== true) {
    say(stdout, asJson ? JSON.stringify({ ...about, operation, item }, null, 2) : '(chưa gửi · not sent)');
    return 0;
  }
  say(
    stderr,
    '!!! GỬI THẬT, ngoài mọi hàng đợi: cơ quan nhận sẽ giữ bản này, sổ cái không biết · REALLY SENT, outside any lane: the partner will hold it, the ledger knows nothing of it',
  );
  const secrets = new Secrets(secretSettings(env).secretsDir);
  const secretOf = (name: string): string => secrets.get(name);
  const { reply, tookMs } = await sendOnce(connector, rendered.item, event, contract, secretOf, fileOf);
  if (asJson) say(stdout, JSON.stringify({ ...about, operation, item, reply, tookMs }, null, 2));
  else say(stdout, `→ ${reply.kind}${'reason' in reply ? `: ${printable(reply.reason)}` : ''} (${tookMs} ms)`);
  return reply.kind === 'accepted' ? 0 : 1;
}

/** A file inside an item would fill the screen; `--json` has it whole. */
const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > 500
    ? `${value.slice(0, 60)}… (${value.length} ký tự · characters)`
    : value;
