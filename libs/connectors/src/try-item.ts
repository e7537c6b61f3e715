import { randomUUID } from 'node:crypto';
import { classifyReply, durationMs, type Reply } from '#domain';
import type { ContractVersion } from '#wire';

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
    ...(connector.inSteps && { steps: forgotten(), file }),
  };
  const began = performance.now();
  const answer = await connector.send(item, event, context);
  const reply: Reply =
    answer.kind === 'unmade'
      ? { kind: 'refused', reason: answer.reason }
      : classifyReply(answer, item.operation, contract.replies);
  return { reply, tookMs: Math.round(performance.now() - began) };
}

/** Of a try nothing is kept: what a partner issued for it is the partner's to forget. */
const forgotten = (): Steps => ({ get: () => undefined, ofCase: () => undefined, keep: () => Promise.resolve(true) });
