import { checkOf } from '../check.js';
import { matching, object } from '../schema.js';
import { keyId } from './statement.schema.js';

/** How an agency hands in its signature: base64 of Ed25519 over the canonical bytes. */
export interface SignatureRequest {
  keyId: string;
  signature: string;
}

export const validateSignatureRequest = checkOf(
  object<SignatureRequest>({ keyId, signature: matching('^[A-Za-z0-9+/]{86}==$', 88) }, {}),
);
