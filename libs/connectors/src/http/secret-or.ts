import type { PartnerAnswer } from '#domain';

import type { SendContext } from '../connector.js';

/** A secret that can't be read keeps the request from leaving: ours to repair, and no fault of the case. */
export function secretOr(
  context: Pick<SendContext, 'secret'>,
  name: string,
  send: (secret: string) => Promise<PartnerAnswer>,
): Promise<PartnerAnswer> {
  let secret: string;
  try {
    secret = context.secret(name);
  } catch {
    return Promise.resolve({ kind: 'unsent', reason: `could not be sent: the secret ${name} can't be read` });
  }
  return send(secret);
}
