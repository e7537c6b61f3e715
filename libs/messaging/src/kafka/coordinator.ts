import { pause } from '../waiting.js';
import { asAdmin } from './as-admin.js';
import type { KafkaSettings } from './settings.js';

const ASK_EVERY_MS = 250;
const FOUND_WITHIN_MS = 20_000;

const AWAY = [
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
];

/** Rejects while the group's coordinator is away or still loading: kafkajs would crash, and its member linger in the group. */
export async function findCoordinator(settings: KafkaSettings, groupId: string): Promise<void> {
  await asAdmin(settings, (admin) => admin.describeGroups([groupId]));
}

/**
 * After a heartbeat or commit that didn't reach the coordinator: kafkajs goes on asking the broker that it knows, crashes in
 * the end, and its member holds up the group until its session is over. Told that the coordinator has moved, it looks for
 * the new one and stays the same member. Other errors are returned as they are.
 */
export async function asMoved(
  error: unknown,
  settings: KafkaSettings,
  groupId: string,
  isWanted: () => boolean,
): Promise<unknown> {
  if (!(error instanceof Error) || !says(error, AWAY)) return error;
  const end = performance.now() + FOUND_WITHIN_MS;
  while (isWanted() && performance.now() < end) {
    try {
      await findCoordinator(settings, groupId);
      return Object.assign(new Error('the coordinator has moved'), { type: 'NOT_COORDINATOR_FOR_GROUP' });
    } catch {
      await pause(ASK_EVERY_MS);
    }
  }
  return error;
}

/** Whether the error's name or the broker's code is one of these. */
export function says(error: Error, codes: readonly string[]): boolean {
  return codes.includes(error.name) || ('type' in error && codes.includes(String(error.type)));
}
