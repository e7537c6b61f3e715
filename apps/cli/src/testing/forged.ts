import {
  canonicalJson,
  sealedForOf,
  textHash,
  withSections,
  type Signer,
  type Statement,
  type StatementBundle,
} from '#wire';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** The signed bytes as somebody would have them, everything of the file that anybody can make anew made to fit. */
export const fitted = (bundle: StatementBundle, change: (statement: Statement) => unknown): StatementBundle => {
  const { sections: _, ...draft } = structuredClone(bundle.statement);
  change(draft as Statement);
  const statement = withSections(draft);
  const text = canonicalJson(statement);
  return { ...bundle, statement, signed: base64(text), hash: textHash(text) };
};
/** Throughout by whoever has this key; of the keys that were there, the agency's stays. */
export const signedBy = (bundle: StatementBundle, signer: Signer): StatementBundle => {
  const { keyId, spki } = signer;
  const ours = (keys: string[]): StatementBundle => fitted(bundle, (statement) => (statement.keys.ours = keys));
  const forged = ours([keyId]);
  const text = canonicalJson(forged.statement);
  return {
    ...forged,
    signatures: [
      {
        party: 'ours',
        kind: 'ed25519',
        keyId,
        signature: signer.sign(text).toString('base64'),
        sealedFor: sealedForOf(forged.statement),
        seals: signer.seals(forged.statement),
      },
    ],
    publicKeys: [
      { keyId, spki: spki.toString('base64') },
      ...bundle.publicKeys.filter((one) => bundle.statement.keys.theirs.includes(one.keyId) && one.keyId !== keyId),
    ],
  };
};
