import { localDay, type Statement, type StatementBundle } from '#wire';
import { finding, type Finding } from './finding.js';

/** What whoever verifies knows of the statement from elsewhere: a file alone can't tell that it is another one, or less. */
export interface Expected {
  agency?: string;
  day?: string;
  /** The agency has signed it, too. */
  both?: boolean;
  /** It proves this case. */
  case?: string;
}

export function whatWasExpected(
  { signatures, proof }: StatementBundle,
  statement: Statement,
  expected: Expected,
): Finding[] {
  const findings: Finding[] = [];
  const { day, parties } = statement;
  if (expected.agency !== undefined && expected.agency !== parties.theirs.id)
    findings.push(finding('parties.theirs.id', `là biên bản của ${parties.theirs.id}, không phải ${expected.agency}`, `it is ${parties.theirs.id}’s, not ${expected.agency}’s`)); // prettier-ignore
  if (expected.day !== undefined && expected.day !== day)
    findings.push(finding('day', `là biên bản ngày ${localDay(day)}, không phải ${localDay(expected.day)}`, `it is of ${day}, not of ${expected.day}`)); // prettier-ignore
  if (expected.both === true && !signatures.some(({ party }) => party === 'theirs'))
    findings.push(notSignedBy(statement));
  if (expected.case !== undefined && proof?.code !== expected.case)
    findings.push(
      proof
        ? finding('proof', `là của hồ sơ ${proof.code}, không phải ${expected.case}`, `is of ${proof.code}, not of ${expected.case}`) // prettier-ignore
        : finding('proof', `không có chứng minh cho hồ sơ ${expected.case}`, `there is no proof of ${expected.case}`),
    );
  return findings;
}

/** Which keys could have signed stands in the signed bytes: so who hasn't, or hasn't any more, has a name. */
export function notSignedBy({ parties, keys }: Statement): Finding {
  const { id, name } = parties.theirs;
  return keys.theirs.length === 0
    ? finding('signatures', `${name.vi} (${id}) chưa ký; lúc lập chưa có khóa, chỉ ký bằng PDF được`, `not signed by ${name.en} (${id}), which had no key when it was made: only by PDF`) // prettier-ignore
    : finding('signatures', `không có, hay không còn, chữ ký của ${name.vi} (${id}), khóa ${keys.theirs.join(', ')}`, `not (any more) signed by ${name.en} (${id}), key ${keys.theirs.join(', ')}`); // prettier-ignore
}
