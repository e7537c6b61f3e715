import { createHmac } from 'node:crypto';

const form = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** What the standard asks of a symmetric key, in bytes. */
const [shortest, longest] = [24, 64];

/** The key in a secret's text; undefined where it isn't `whsec_` and the base64 of 24 to 64 bytes. */
export function keyOf(secret: string): Buffer | undefined {
  const [, base64] = form.exec(secret) ?? [];
  if (base64 === undefined || base64.length % 4 !== 0) return undefined;
  const key = Buffer.from(base64, 'base64');
  return key.length >= shortest && key.length <= longest ? key : undefined;
}

export interface Signed {
  id: string;
  /** Seconds. */
  timestamp: number;
  body: string;
}

/** `webhook-signature` of Standard Webhooks: one signature a key, so that whoever knows either of them can verify. */
export const sign = ({ id, timestamp, body }: Signed, keys: readonly Buffer[]): string =>
  keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`)
    .join(' ');
