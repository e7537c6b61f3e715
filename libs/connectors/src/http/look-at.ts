import { AsyncLocalStorage } from 'node:async_hooks';

import type { PartnerAnswer } from '#domain';

/** A request as it would leave. */
export interface ShownRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: string | null;
}

const looking = new AsyncLocalStorage<ShownRequest[]>();

/** Requests that the work would make. None of them leaves: each ends as unsent. */
export async function lookAt(work: () => Promise<unknown>): Promise<ShownRequest[]> {
  const seen: ShownRequest[] = [];
  await looking.run(seen, work);
  return seen;
}

/** Undefined: nobody is only looking, and it has to be sent. */
export function lookedAt(
  method: string,
  address: string,
  { path, headers }: { path: string; headers: readonly string[] },
  body: string | Buffer | null,
): PartnerAnswer | undefined {
  const seen = looking.getStore();
  if (!seen) return undefined;
  const pairs = headers.flatMap((name, n): [string, string][] => (n % 2 === 0 ? [[name, headers[n + 1]!]] : []));
  seen.push({ method, url: address + path, headers: pairs, body: body === null ? null : String(body) });
  return { kind: 'unsent', reason: 'only looked at' };
}
