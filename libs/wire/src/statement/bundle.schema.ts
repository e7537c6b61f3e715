import { checkOf } from '../check.js';
import { lineDiscrepancies, type Side } from '../reconcile/discrepancy.js';
import { choice, integer, list, matching, object, tag, text, type Schema } from '../schema.js';
import type { BundledSignature, StatementBundle, StreamProof } from './bundle.js';
import { instant, keyId, sha256Hex } from './statement.schema.js';
import type { ListedDiscrepancy } from './statement.js';

const base64 = (maxLength: number): Schema<string> => matching('^[A-Za-z0-9+/]+={0,2}$', maxLength);
const signature = base64(200);
const count = integer(0, Number.MAX_SAFE_INTEGER);
const kind = { kind: tag('ed25519'), keyId, signature };
const seals: Schema<Record<string, string>> = {
  type: 'object',
  maxProperties: 1_000_000,
  additionalProperties: signature,
};
type Signed<P extends 'ours' | 'theirs', K extends 'ed25519' | 'pdf'> = Extract<
  BundledSignature,
  { party: P; kind: K }
>;

const bundledSignature: Schema<BundledSignature> = {
  type: 'object',
  oneOf: [
    object<Signed<'ours', 'ed25519'>>({ party: tag('ours'), ...kind, sealedFor: text(100), seals }, {}),
    object<Signed<'theirs', 'ed25519'>>({ party: tag('theirs'), ...kind }, {}),
    object<Signed<'theirs', 'pdf'>>({ party: tag('theirs'), kind: tag('pdf'), keyId, signature, file: sha256Hex }, {}),
  ],
};

const listed = object<ListedDiscrepancy>(
  {
    type: { type: 'string', enum: lineDiscrepancies },
    key: text(500),
    side: choice<Side>({ ours: true, theirs: true, data: true }),
    firstSeenAt: instant,
  },
  {},
);
const proof = object<StreamProof>(
  { code: text(200), sequence: count, head: sha256Hex, index: count, streams: count, path: list(sha256Hex, 64) },
  {},
);

const bundleOf = (statement: Schema<StatementBundle['statement']>): Schema<StatementBundle> =>
  object<StatementBundle>(
    {
      apiVersion: choice<StatementBundle['apiVersion']>({ 'lienthong/v1': true }),
      kind: choice<StatementBundle['kind']>({ StatementBundle: true }),
      statement,
      signed: base64(100_000_000),
      hash: sha256Hex,
      signatures: list(bundledSignature, 100),
      publicKeys: list(object<StatementBundle['publicKeys'][number]>({ keyId, spki: base64(1_000) }, {}), 200),
    },
    { previous: base64(100_000_000), discrepancies: list(listed, 10_000_000), proof },
  );

/** JSON Schema of a bundle. */
export const statementBundleSchema: Schema<StatementBundle> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:statement-bundle.v1',
  title: 'StatementBundle',
  ...bundleOf({ $ref: 'urn:lienthong:schema:statement.v1' }),
};

/** All but the copy for reading: that one is compared with what was signed, whatever it has become. */
export const validateStatementBundle = checkOf(bundleOf({ type: 'object' }));
