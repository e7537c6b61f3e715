import type { ListedDiscrepancy, Statement } from './statement.js';

/** A statement to be handed on: one file from which `lienthong statement verify` needs nothing else. */
export interface StatementBundle {
  apiVersion: 'lienthong/v1';
  kind: 'StatementBundle';
  /** For reading; what counts is `signed`. */
  statement: Statement;
  /** Base64 of the canonical bytes that both sides sign. */
  signed: string;
  /** sha-256 of those bytes. */
  hash: string;
  signatures: BundledSignature[];
  /** SPKI, DER, base64. Whose key it is, `statement.keys` says by its id. */
  publicKeys: { keyId: string; spki: string }[];
  /** Base64 of the canonical bytes of the statement before. */
  previous?: string;
  discrepancies?: ListedDiscrepancy[];
  proof?: StreamProof;
}

/** Beside the signature over all, one over each value by its path: what is altered later is named. */
export interface OurSignature {
  party: 'ours';
  kind: 'ed25519';
  keyId: string;
  signature: string;
  /** The statement that the seals are of: agency and day. */
  sealedFor: string;
  seals: Record<string, string>;
}

/** `keyId` of a PDF is the hub's: its `signature` is a receipt over the file's hash. Whether the PDF's own signature is good, we don't judge. */
export type BundledSignature =
  | OurSignature
  | { party: 'theirs'; kind: 'ed25519'; keyId: string; signature: string }
  | { party: 'theirs'; kind: 'pdf'; keyId: string; signature: string; file: string };

/** That a stream's head is in `chainHeads`, by RFC 6962: hashes of the path from leaf to root, hex. */
export interface StreamProof {
  code: string;
  sequence: number;
  head: string;
  index: number;
  streams: number;
  path: string[];
}
