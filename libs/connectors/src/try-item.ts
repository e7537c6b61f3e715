import { randomUUID } from 'node:crypto';
import { classifyReply, durationMs, type Reply } from '#domain';
import type { ContractVersion } from '#wire';

import { connectorFor } from './connector-for.js';
import { lookAt, type ShownRequest } from './http/look-at.js';
import type { Connector, OutgoingEvent, Prepared, PreparedItem, ReadFile, Steps } from './connector.js';

export type RenderedItem = { outcome: 'rendered'; item: PreparedItem } | { outcome: 'unmappable'; reason: string };

/** What the partner would get of this event. Nothing leaves. */
export async function renderItem(
  connector: Connector,
  event: OutgoingEvent,
  contract: ContractVersion,
  file: ReadFile,
): Promise<RenderedItem> {
  const mapped: Prepared = await connector.prepare(event, contract, file);
  return mapped.kind === 'prepared'
    ? { outcome: 'rendered', item: mapped.prepared }
    : { outcome: 'unmappable', reason: mapped.reason };
}

/**
 * Sends it once, outside any lane: the ledger knows nothing of it, and the partner holds it. Its key is its own, because the
 * delivery's key stands for the delivery's bytes.
 */
export async function sendOnce(
  connector: Connector,
  item: PreparedItem,
  event: OutgoingEvent,
  contract: ContractVersion,
  secret: (name: string) => string,
  file: ReadFile,
): Promise<{ reply: Reply; tookMs: number }> {
  const context = {
    contract,
    timeoutMs: durationMs(contract.limits.timeout),
    secret,
    asUpdate: false,
    key: `${event.eventId}.try-${randomUUID()}`,
    file,
    ...(connector.inSteps && { steps: forgotten() }),
  };
  const began = performance.now();
  const answer = await connector.send(item, event, context);
  const reply: Reply =
    answer.kind === 'unmade'
      ? { kind: 'refused', reason: answer.reason }
      : classifyReply(answer, item.operation, contract.replies);
  return { reply, tookMs: Math.round(performance.now() - began) };
}

const MASK = '••••';

/**
 * The request as it would leave, envelope and all, without what proves who we are. Nothing leaves. Undefined: what is asked
 * first decides what is sent, so that it can't be shown unsent.
 */
export async function requestFor(
  agency: string,
  item: PreparedItem,
  event: OutgoingEvent,
  contract: ContractVersion,
  file: ReadFile,
): Promise<ShownRequest | undefined> {
  const { endpoint, protocol } = contract;
  const login = endpoint?.login;
  const isAskedFirst = login?.kind === 'session' || login?.kind === 'token' || login?.kind === 'webhook';
  if (!endpoint || (isAskedFirst && protocol !== 'http')) return undefined;
  const { login: _, ...open } = endpoint;
  const shown: ContractVersion = protocol === 'http' ? { ...contract, endpoint: open } : contract;
  const none = (): Promise<never> => Promise.reject(new Error('nothing is published while looking'));
  const connector = connectorFor(protocol, { agency, contract: shown, publish: none, append: none });
  try {
    const context = {
      contract: shown,
      timeoutMs: durationMs(contract.limits.timeout),
      secret: () => MASK,
      asUpdate: false,
      key: `${event.eventId}.${event.revision}`,
      ...(connector.inSteps && { steps: forgotten(), file }),
    };
    const [request] = await lookAt(() => connector.send(item, event, context));
    return request && { ...request, headers: request.headers.map(masked) };
  } finally {
    await connector.close();
  }
}

const masked = ([name, value]: [string, string]): [string, string] =>
  /^(?:authorization|cookie|proxy-authorization)$/i.test(name)
    ? [name, `${value.split(' ')[0]} ${MASK}`]
    : [name, value];

/** Of a try nothing is kept: what a partner issued for it is the partner's to forget. */
const forgotten = (): Steps => ({ get: () => undefined, ofCase: () => undefined, keep: () => Promise.resolve(true) });
