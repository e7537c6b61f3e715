import {
  renderItem,
  requestFor,
  sampleEvent,
  sendOnce,
  type Connector,
  type OutgoingEvent,
  type ShownRequest,
} from '#connectors';
import type { Reply } from '#domain';
import { pastEvent, readAgencies, readFile, today, type Database } from '#ledger';
import { eventTypes, shortType, type AgencyFile, type ContractVersion, type Fault, type Json } from '#wire';
import { connectToLook } from './connect.js';
import { notApplied } from './where-it-may-go.js';

/** Of one event: a case's, by its number or the newest that the agency takes, or a sample (a CloudEvent as agencies send it). */
export type TryWhat = { code: string; sequence?: number | undefined } | { sample: unknown };

export interface TryAsk {
  what: TryWhat;
  /** The day of sending; default today. */
  on?: string | undefined;
  /** Given: really sends it, once, outside any lane, with these secrets. */
  send?: { secret: (name: string) => string; to: 'anybody' | 'whom-an-applied-contract-names' } | undefined;
  /** Before personal data leave this function, or anything is sent. */
  note: (action: 'try' | 'try-send', caseCode: string | null) => Promise<void>;
}

export interface TryAbout {
  type: string;
  sequence: number;
  /** First day of the version that maps it. */
  version: string;
}

export type Tried =
  | { outcome: 'no-version'; on: string }
  | { outcome: 'not-sendable' }
  | { outcome: 'not-applied'; faults: Fault[] }
  | { outcome: 'no-such-event'; types: string[] }
  | { outcome: 'faulty-sample'; faults: Fault[] }
  | { outcome: 'needs-case' }
  | { outcome: 'unmappable'; about: TryAbout; reason: string }
  | {
      outcome: 'rendered';
      about: TryAbout;
      operation: string;
      item: Json;
      /** Credentials masked or left out; null: it can't be shown before a login has answered. */
      request: ShownRequest | null;
      sent?: { reply: Reply; tookMs: number };
    };

/** One item as the agency would get it by this file, and with `send` what it says to it. */
export async function tryAgency(db: Database, file: AgencyFile, ask: TryAsk): Promise<Tried> {
  const on = ask.on ?? today();
  const contract = file.versions.findLast(({ validFrom }) => validFrom <= on);
  if (!contract) return { outcome: 'no-version', on };
  if (ask.send && ['topic', 'feed'].includes(contract.protocol)) return { outcome: 'not-sendable' };
  if (ask.send?.to === 'whom-an-applied-contract-names') {
    const applied = (await readAgencies(db)).find(({ id }) => id === file.id);
    const faults = notApplied(applied, file, contract);
    if (faults.length > 0) return { outcome: 'not-applied', faults };
  }
  const connector = connectToLook(file.id, contract);
  try {
    const found = await eventFor(db, file.id, contract, connector, ask.what);
    return 'outcome' in found ? found : await tryOne(db, file.id, found, contract, connector, ask);
  } finally {
    await connector.close();
  }
}

async function tryOne(
  db: Database,
  agency: string,
  event: OutgoingEvent,
  contract: ContractVersion,
  connector: Connector,
  { what, send, note }: TryAsk,
): Promise<Tried> {
  const fileOf = async (sha256: string): Promise<Buffer> => {
    const found = await readFile(db, sha256);
    if (!found) throw Object.assign(new Error('file not held'), { code: 'FILE_NOT_HELD' });
    return found.bytes;
  };
  const rendered = await renderItem(connector, event, contract, fileOf);
  const about = { type: shortType(event.type), sequence: event.sequence, version: contract.validFrom };
  if (rendered.outcome === 'unmappable') return { outcome: 'unmappable', about, reason: rendered.reason };
  const { operation, item } = rendered.item;
  await note(send ? 'try-send' : 'try', 'code' in what ? event.caseCode : null);
  const request = (await requestFor(agency, rendered.item, event, contract, fileOf)) ?? null;
  const made = { outcome: 'rendered', about, operation, item, request } as const;
  if (!send) return made;
  return { ...made, sent: await sendOnce(connector, rendered.item, event, contract, send.secret, fileOf) };
}

async function eventFor(
  db: Database,
  agency: string,
  { receives }: ContractVersion,
  connector: Connector,
  what: TryWhat,
): Promise<OutgoingEvent | Exclude<Tried, { about: TryAbout }>> {
  if ('sample' in what) return sampleFor(what.sample, connector);
  const wanted = new Set(receives.flatMap(({ events }) => events));
  const types = eventTypes.filter((type) => wanted.has(shortType(type)));
  const which = what.sequence === undefined ? { types } : { sequence: what.sequence };
  return (await pastEvent(db, agency, what.code, which)) ?? { outcome: 'no-such-event', types: types.map(shortType) };
}

function sampleFor(cloudEvent: unknown, connector: Connector): OutgoingEvent | Exclude<Tried, { about: TryAbout }> {
  const sample = sampleEvent(cloudEvent);
  if (sample.outcome === 'faulty') return { outcome: 'faulty-sample', faults: sample.faults };
  const type = shortType(sample.event.type);
  const isWhole = type === 'case.received' || type === 'case.supplemented';
  return connector.reads === 'event' || isWhole ? sample.event : { outcome: 'needs-case' };
}
