import type { KeyObject } from 'node:crypto';
import {
  isSealed,
  isSignedBy,
  keyIdOf,
  leavesOf,
  pdfReceipt,
  sealedForOf,
  textHash,
  verifyingKey,
  type OurSignature,
  type Statement,
  type StatementBundle,
} from '#wire';
import { finding, isTwice, wasAdded, wasAltered, wasRemoved, type Finding } from './finding.js';
import { base64Of } from './read-exactly.js';

/** Public keys by their ids. */
export type Keys = ReadonlyMap<string, Buffer>;
type Signature = StatementBundle['signatures'][number];

/** Keys that come with a file: each must be what its id says, and one that the statement names. */
export function checkKeys(
  publicKeys: StatementBundle['publicKeys'],
  statement: Statement | undefined,
): { keys: Keys; findings: Finding[] } {
  const keys = new Map<string, Buffer>();
  const findings: Finding[] = [];
  const named = statement && [...statement.keys.ours, ...statement.keys.theirs];
  publicKeys.forEach(({ keyId, spki }, i) => {
    const bytes = base64Of(spki);
    if (!bytes || keyIdOf(bytes) !== keyId)
      findings.push(finding(`publicKeys[${i}]`, `không phải khóa ${keyId}`, `is not the key ${keyId}`));
    else if (keys.has(keyId)) findings.push(isTwice(`publicKeys[${i}]`));
    else {
      keys.set(keyId, bytes);
      if (named?.includes(keyId) === false) findings.push(unknownKey(`publicKeys[${i}].keyId`, keyId));
    }
  });
  return { keys, findings };
}

const unknownKey = (path: string, keyId: string): Finding =>
  finding(
    path,
    `khóa lạ ${keyId}: biên bản không nêu khóa này`,
    `unknown key ${keyId}: the statement does not name it`,
  );

/** `trusted`: keys that whoever verifies has from elsewhere; empty: none, and the file's own must do. */
export function checkSignature(
  at: string,
  signature: Signature,
  signed: { text: string; said: unknown; statement: Statement | undefined },
  { keys, trusted }: { keys: Keys; trusted: Keys },
): Finding[] {
  const { keyId, party, kind } = signature;
  const findings: Finding[] = [];
  const byHub = party === 'ours' || kind === 'pdf';
  const named = signed.statement?.keys[byHub ? 'ours' : 'theirs'];
  if (named?.includes(keyId) === false) findings.push(unknownKey(`${at}.keyId`, keyId));
  if (byHub && trusted.size > 0 && !trusted.has(keyId))
    findings.push(
      finding(
        `${at}.keyId`,
        `khóa lạ ${keyId}: không phải khóa được tin`,
        `unknown key ${keyId}: it is none that is trusted`,
      ),
    );
  const spki = trusted.get(keyId) ?? keys.get(keyId);
  const key = spki && verifyingKey(spki);
  const bytes = base64Of(signature.signature);
  if (!key)
    return [...findings, finding(`${at}.keyId`, `thiếu khóa công khai ${keyId}`, `the public key ${keyId} is missing`)];
  const over = kind === 'pdf' ? pdfReceipt(textHash(signed.text), signature.file) : signed.text;
  const holds = bytes !== undefined && isSignedBy(over, bytes, key);
  if (!holds) findings.push(wrongSignature(at, signature));
  if (party === 'ours') findings.push(...checkSeals(at, { ...signature, key, holds }, signed));
  return findings;
}

function wrongSignature(at: string, { party, kind }: Signature): Finding {
  if (kind === 'pdf')
    return finding(
      at,
      'biên nhận tệp PDF không đúng: tệp hay nội dung đã đổi',
      'the receipt of the PDF does not hold: file or content was changed',
    );
  return party === 'ours'
    ? finding(at, 'chữ ký của trục không đúng với nội dung', 'the hub’s signature does not fit the content')
    : finding(at, 'chữ ký của cơ quan không đúng với nội dung', 'the agency’s signature does not fit the content');
}

/**
 * A seal of one value can't be made anew by whoever alters it: whatever else was made to fit, the value is named. Where the
 * signature holds over all, the seal itself was altered.
 */
function checkSeals(
  at: string,
  { seals, sealedFor, key, holds }: Pick<OurSignature, 'seals' | 'sealedFor'> & { key: KeyObject; holds: boolean },
  { said, statement }: { said: unknown; statement: Statement | undefined },
): Finding[] {
  const leaves = leavesOf(said);
  const altered: Finding[] = [];
  const sealAt = (path: string): string => `${at}.seals[${JSON.stringify(path)}]`;
  for (const [path, leaf] of leaves) {
    const seal = Object.hasOwn(seals, path) ? seals[path]! : undefined;
    const bytes = seal === undefined ? undefined : base64Of(seal);
    if (bytes && isSealed(sealedFor, path, leaf, bytes, key)) continue;
    if (holds)
      altered.push(finding(sealAt(path), 'dấu niêm của giá trị này đã bị đổi', 'the seal of this value was altered'));
    else altered.push(seal === undefined ? wasAdded(path) : wasAltered(path));
  }
  for (const path of Object.keys(seals))
    if (!leaves.has(path)) altered.push(holds ? wasAdded(sealAt(path)) : wasRemoved(path));
  const isFor = statement === undefined || sealedFor === sealedForOf(statement);
  // Another statement's seals, or nearly all was altered: one line says more than a hundred.
  const all = altered.length > leaves.size / 2;
  return [
    ...(isFor && !all
      ? []
      : [
          finding(
            `${at}.sealedFor`,
            `chữ ký này thuộc biên bản ${sealedFor}`,
            `this signature is of the statement ${sealedFor}`,
          ),
        ]),
    ...(all ? [] : altered),
  ];
}
