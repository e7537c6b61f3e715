import {
  addsUp,
  canonicalJson,
  sectionHashes,
  sectionNames,
  textHash,
  validateStatement,
  type Statement,
  type StatementBundle,
} from '#wire';
import { finding, isTwice, isWrittenOtherwise, malformed, wasAltered, type Finding } from './finding.js';
import { base64Of, jsonOf, utf8Of } from './read-exactly.js';

export interface SignedContent {
  /** The bytes that were signed, where they can be read at all. */
  text?: string;
  /** What they say, whether it has a statement's shape or not. */
  said?: unknown;
  /** Only where it has. */
  statement?: Statement;
  findings: Finding[];
}

/** The signed bytes by themselves: their form, their sections, what must add up. */
export function checkSigned({ signed, hash }: Pick<StatementBundle, 'signed' | 'hash'>): SignedContent {
  const bytes = base64Of(signed);
  const text = bytes && utf8Of(bytes);
  if (text === undefined)
    return { findings: [finding('signed', 'không phải base64 của UTF-8', 'is not the base64 of UTF-8 text')] };
  const read = checkText(text);
  if (textHash(text) !== hash)
    read.findings.push(finding('hash', 'không phải mã băm của phần đã ký', 'is not the hash of what was signed'));
  return read;
}

export function checkText(text: string): SignedContent {
  const { value: said, odd } = jsonOf(text);
  if (said === undefined)
    return { text, findings: [finding('signed', 'không phải JSON trọn vẹn', 'is not whole JSON')] };
  const findings = odd.map(({ path, why }) => (why === 'twice' ? isTwice(path) : isWrittenOtherwise(path)));
  if (canonicalJson(said) !== text)
    findings.push(
      finding(
        'signed',
        'không ở dạng chuẩn RFC 8785: thứ tự, khoảng trắng hay cách viết đã bị đổi',
        'is not in canonical form (RFC 8785): order, white space or writing was changed',
      ),
    );
  const faults = validateStatement(said);
  findings.push(...faults.map((fault) => malformed(fault)), ...changedSections(said));
  if (faults.length > 0) return { text, said, findings };
  const statement = said as Statement;
  return { text, said, statement, findings: [...findings, ...whatDoesNotAddUp(statement)] };
}

function changedSections(said: unknown): Finding[] {
  const members = (said ?? {}) as Record<string, unknown>;
  const kept = (members['sections'] ?? {}) as Record<string, unknown>;
  const hashes = sectionHashes(members);
  return sectionNames
    .filter((name) => kept[name] !== hashes[name])
    .map((name) =>
      finding(name, 'không còn khớp mã băm của phần này trong sections', 'no longer fits its hash in sections'),
    );
}

function whatDoesNotAddUp({ counts, lines, coverage, comparison }: Statement): Finding[] {
  const findings: Finding[] = [];
  if (!addsUp(counts))
    findings.push(
      finding(
        'counts',
        'đầu kỳ + lập + mở lại = nhận + thay + đóng + chuyển tiếp không còn đúng',
        'opening + planned + reopened = acknowledged + superseded + closed + carried does not hold',
      ),
    );
  if ((coverage === 'none') !== (comparison === null) || (comparison === null && (lines.ours ?? lines.theirs) !== null))
    findings.push(finding('coverage', 'không hợp với comparison và lines', 'does not go with comparison and lines'));
  return findings;
}

/** Against the statement before, where that one is at hand. */
export function checkPrevious(statement: Statement, encoded: string): Finding[] {
  const { previous, parties, epoch, counts } = statement;
  const bytes = base64Of(encoded);
  const text = bytes && utf8Of(bytes);
  if (text === undefined)
    return [finding('previous', 'không phải base64 của UTF-8', 'is not the base64 of UTF-8 text')];
  if (previous === null)
    return [finding('previous', 'bản này nói không có bản trước', 'this statement says that there is none before it')];
  if (textHash(text) !== previous.hash)
    return [
      finding(
        'previous',
        'chuỗi đứt: mã băm không khớp bản trước',
        'the chain is broken: its hash is not the one named',
      ),
    ];
  const { statement: before, findings } = checkText(text);
  if (!before || findings.length > 0) return findings.map((one) => ({ ...one, path: `previous: ${one.path}` }));
  const other = (path: string): Finding => wasAltered(path);
  return [
    ...(before.day === previous.day ? [] : [other('previous.day')]),
    ...(before.parties.theirs.id === parties.theirs.id ? [] : [other('parties.theirs.id')]),
    ...(before.epoch === epoch && dayAfter(before.day) === statement.day && before.counts.carried !== counts.opening
      ? [
          finding(
            'counts.opening',
            `khác số chuyển tiếp của ngày trước (${before.counts.carried})`,
            `is not what the day before carried forward (${before.counts.carried})`,
          ),
        ]
      : []),
  ];
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
