import { leafHash, rootBy } from '#domain';
import {
  canonicalJson,
  countsByType,
  differences,
  discrepancyList,
  textHash,
  validateStatementBundle,
  type Difference,
  type Statement,
  type StatementBundle,
} from '#wire';
import { checkPrevious, checkSigned, checkText, dayAfter } from './check-signed.js';
import { checkKeys, checkSignature, type Keys } from './check-signatures.js';
import { notSignedBy, whatWasExpected, type Expected } from './expected.js';
import { finding, isTwice, isWrittenOtherwise, malformed, wasAdded, wasAltered, wasRemoved, type Finding } from './finding.js'; // prettier-ignore
import { type OddPlace } from './odd-places.js';
import { asSaved, jsonOf } from './read-exactly.js';

export interface Checked {
  /** Empty: what the file says is what was signed. */
  findings: Finding[];
  /** What it doesn't prove, and should be known. */
  notes: Finding[];
  /** A key had from elsewhere says that the hub signed it. Otherwise a stranger may have made and signed all of it. */
  vouched: boolean;
  statement?: Statement;
  /** Of the bytes that were signed, as the next statement names them. */
  hash?: string;
  /** Hashes of the PDFs that the agency handed in for it. */
  pdfs?: string[];
}

export interface Beside {
  /** Keys that whoever verifies has from elsewhere. */
  trusted: Keys;
  /** The statement before, base64 of its bytes. */
  previous?: string;
  /** Hash of a PDF that was signed outside. */
  pdf?: string;
  expected?: Expected;
}

/** All that can be known of a file without a database and without a network. */
export function checkBundle(asRead: string, beside: Beside): Checked {
  const text = asSaved(asRead);
  const { value, odd } = jsonOf(text);
  if (value === undefined)
    return none(
      finding(
        'file',
        'không phải JSON trọn vẹn: hỏng, bị cắt, hay lồng quá sâu',
        'is not whole JSON: damaged, cut off, or nested beyond measure',
      ),
    );
  const { kind } = (value ?? {}) as { kind?: unknown };
  if (kind === 'Statement') return checkBare(asRead);
  const findings = odd.map(isOdd);
  const faults = validateStatementBundle(value);
  findings.push(...faults.map((fault) => malformed(fault)));
  if (faults.length > 0) return none(...findings, ...whatCanStillBeCompared(value));
  const { findings: found, ...rest } = checkWhole(value as StatementBundle, beside);
  const all = firstOfEach([...findings, ...found]);
  return { ...rest, findings: all, vouched: all.length === 0 && beside.trusted.size > 0 };
}

/** The copy for reading is named as what it is a copy of. */
const isOdd = ({ path, why }: OddPlace): Finding =>
  why === 'twice' ? isTwice(path.replace(/^statement\./, '')) : isWrittenOtherwise(path.replace(/^statement\./, ''));

const none = (...findings: Finding[]): Checked => ({ findings, notes: [], vouched: false });

/** The canonical bytes alone, as an agency gets them: their form can be checked, who signed them can't. */
function checkBare(text: string): Checked {
  const { findings, statement } = checkText(text);
  const unsigned = finding('signatures', 'tệp này không có chữ ký', 'there is no signature in this file');
  return { ...none(...findings, unsigned), ...(statement ? { statement } : {}) };
}

function whatCanStillBeCompared(value: unknown): Finding[] {
  const { statement, signed, hash } = (value ?? {}) as Partial<Record<keyof StatementBundle, unknown>>;
  if (typeof signed !== 'string' || typeof hash !== 'string') return [];
  const content = checkSigned({ signed, hash });
  return [...content.findings, ...compared(content.said, statement)];
}

function checkWhole(bundle: StatementBundle, beside: Beside): Omit<Checked, 'vouched'> {
  const content = checkSigned(bundle);
  const findings = [...content.findings];
  const notes: Finding[] = [];
  if (content.text === undefined || content.said === undefined) return { findings, notes };
  const { text, said, statement } = content;
  findings.push(...compared(said, bundle.statement));

  const { keys, findings: ofKeys } = checkKeys(bundle.publicKeys, statement);
  findings.push(...ofKeys);
  const by = { keys, trusted: beside.trusted };
  const seen = new Set<string>();
  bundle.signatures.forEach((signature, i) => {
    const same = signatureName(signature);
    if (seen.has(same)) findings.push(isTwice(`signatures[${i}]`));
    else findings.push(...checkSignature(`signatures[${i}]`, signature, { text, said, statement }, by));
    seen.add(same);
  });
  if (!bundle.signatures.some(({ party }) => party === 'ours'))
    findings.push(finding('signatures', 'trục chưa ký biên bản này', 'the hub has not signed it'));
  if (beside.trusted.size === 0) notes.push(notTrusted(bundle));
  if (statement) {
    findings.push(...whatIsMissing(bundle, statement, keys), ...whatLiesBeside(bundle, statement, beside));
    findings.push(...whatWasExpected(bundle, statement, beside.expected ?? {}));
    notes.push(...whatToKnow(bundle, statement).filter(({ en }) => !findings.some((one) => one.en === en)));
  }
  const pdfs = bundle.signatures.flatMap((one) => (one.kind === 'pdf' ? [one.file] : []));
  return { findings, notes, hash: textHash(text), pdfs, ...(statement ? { statement } : {}) };
}

const compared = (signed: unknown, here: unknown): Finding[] => differences(signed, here).map(differs);

function differs({ path, signed, here }: Difference): Finding {
  if (path === '') return wasAltered('statement');
  if (signed === undefined) return wasAdded(path);
  if (here === undefined) return wasRemoved(path);
  if (signed !== here && signed.normalize() === here.normalize())
    return finding(path, 'cùng chữ nhưng khác dạng Unicode (NFC, NFD) với lúc ký', 'the same letters in another Unicode form (NFC, NFD) than was signed'); // prettier-ignore
  const [was, is] = [signed, here].map((leaf) => (leaf.length > 100 ? `${leaf.slice(0, 99)}…` : leaf));
  return finding(path, `đã được ký với giá trị ${was}, ở đây ghi ${is}`, `was signed with another value: ${was}, not ${is}`); // prettier-ignore
}

/** By whom, of what: the hub keeps one of each. */
const signatureName = ({ party, kind, keyId, ...of }: StatementBundle['signatures'][number]): string =>
  [party, kind, keyId, 'file' in of ? of.file : ''].join('/');

/** Every file of the hub's has these, so that one without them was made of another. */
function whatIsMissing(bundle: StatementBundle, { previous, keys: named }: Statement, keys: Keys): Finding[] {
  const missing: Finding[] = [];
  if (previous && bundle.previous === undefined) missing.push(wasTakenOut('previous'));
  if (bundle.discrepancies === undefined) missing.push(wasTakenOut('discrepancies'));
  for (const keyId of [...named.ours, ...named.theirs])
    if (!keys.has(keyId)) missing.push(finding('publicKeys', `thiếu khóa công khai ${keyId}`, `the public key ${keyId} is missing`)); // prettier-ignore
  return missing;
}

const wasTakenOut = (path: string): Finding =>
  finding(path, 'tệp của trục luôn có phần này: đã bị bỏ đi', 'is in every file that the hub makes: it was taken out');

function whatLiesBeside(bundle: StatementBundle, statement: Statement, beside: Beside): Finding[] {
  const findings: Finding[] = [];
  for (const previous of [bundle.previous, beside.previous])
    if (previous !== undefined) findings.push(...checkPrevious(statement, previous));
  if (bundle.discrepancies) {
    const { list } = statement.discrepancies;
    const isTheList = textHash(canonicalJson(bundle.discrepancies)) === list;
    if (!isTheList && textHash(discrepancyList(bundle.discrepancies)) === list)
      findings.push(finding('discrepancies', 'đúng các dòng đã ký, nhưng thứ tự đã bị đổi', 'the lines that were signed, in another order')); // prettier-ignore
    else if (!isTheList)
      findings.push(finding('discrepancies', 'danh sách không khớp mã băm đã ký', 'the list is not the one whose hash was signed')); // prettier-ignore
    else if (differences(statement.discrepancies.counts, countsByType(bundle.discrepancies)).length > 0)
      findings.push(finding('discrepancies.counts', 'không phải số đếm của danh sách', 'are not the counts of the list')); // prettier-ignore
  }
  if (bundle.proof) findings.push(...checkProof(bundle.proof, statement));
  if (beside.pdf !== undefined && !bundle.signatures.some((one) => one.kind === 'pdf' && one.file === beside.pdf))
    findings.push(finding('pdf', 'không phải tệp PDF mà cơ quan đã nộp', 'is not the PDF that the agency handed in'));
  return findings;
}

function checkProof(proof: NonNullable<StatementBundle['proof']>, { chainHeads }: Statement): Finding[] {
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
  const root = rootBy(leafHash(proof), proof.index, proof.streams, path);
  return proof.streams === chainHeads.streams && root?.toString('hex') === chainHeads.merkleRoot
    ? []
    : [
        finding('proof', `không dẫn tới gốc Merkle đã ký: ${proof.code} không phải như thế khi chốt ngày`, `does not lead to the signed Merkle root: ${proof.code} was not so at the cut-off`), // prettier-ignore
      ];
}

function notTrusted({ signatures }: StatementBundle): Finding {
  const ids = [...new Set(signatures.filter(({ party }) => party === 'ours').map(({ keyId }) => keyId))].join(', ');
  return finding('publicKeys', `khóa ${ids} lấy từ chính tệp này; hãy đối chiếu với khóa mà trục công bố (--keys TỆP)`, `the key ${ids} comes from this very file: compare it with the one that the hub publishes (--keys FILE)`); // prettier-ignore
}

function whatToKnow({ signatures }: StatementBundle, statement: Statement): Finding[] {
  const { previous, day, coverage } = statement;
  const notes: Finding[] = [];
  if (!signatures.some(({ party }) => party === 'theirs')) notes.push(notSignedBy(statement));
  if (previous && dayAfter(previous.day) !== day)
    notes.push(finding('previous', `sau ngày ${previous.day} có ngày không có biên bản`, `there are days without a statement after ${previous.day}`)); // prettier-ignore
  if (coverage !== 'both')
    notes.push(
      coverage === 'none'
        ? finding('coverage', 'sổ hai bên chưa được đối chiếu', 'the two sides’ books were not compared')
        : finding('coverage', 'chỉ đối chiếu những gì trục có', 'only what the hub has was compared'),
    );
  if (signatures.some(({ kind }) => kind === 'pdf'))
    notes.push(finding('signatures', 'có bản PDF ký ngoài hệ thống: chữ ký trong đó kiểm bằng phần mềm khác', 'there is a PDF signed outside: its own signature is for other software to judge')); // prettier-ignore
  return notes;
}

/** A place and a reason once; the reason that says most comes first. */
function firstOfEach(findings: readonly Finding[]): Finding[] {
  const seen = new Map(findings.map((one) => [`${one.path}\n${one.en}`, one]));
  return [...seen.values()];
}
