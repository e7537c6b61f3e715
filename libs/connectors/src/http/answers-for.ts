import type { PartnerAnswer } from '#domain';

/** Where a partner writes whose answer it is: names of members, capitals don't matter. */
export interface CaseNames {
  members: ReadonlySet<string>;
  mentioned: RegExp;
}

export function caseNames(...members: readonly string[]): CaseNames {
  const lower = members.map((name) => name.toLowerCase());
  return {
    members: new Set(lower),
    mentioned: new RegExp(`"(?:${lower.map((name) => name.replace(/[^\w]/g, '\\$&')).join('|')})"\\s*:`, 'i'),
  };
}

/** No reply row gets to see it, so nothing takes it for success: the lane is in doubt. */
export const otherCase: PartnerAnswer = { kind: 'no-answer', reason: 'the answer is for another case' };

/** Turns an answer that names something else than what was asked for into doubt. One that names nothing passes. */
export function answersFor(names: CaseNames, answer: PartnerAnswer, asked: () => readonly unknown[]): PartnerAnswer {
  if (answer.kind !== 'answered' || !names.mentioned.test(answer.text) || answer.json === undefined) return answer;
  return namesAnother(names, answer.json, asked()) ? otherCase : answer;
}

/** Looks at the top, in its members, and in the rows of its lists: deeper stands what a partner knows, not whom it answers. */
export function namesAnother(names: CaseNames, json: unknown, asked: readonly unknown[], depth = 2): boolean {
  if (json === null || typeof json !== 'object') return false;
  if (Array.isArray(json)) return json.some((row) => namesAnother(names, row, asked, depth));
  return Object.entries(json).some(([member, value]) => {
    if (!names.members.has(member.toLowerCase())) return depth > 1 && namesAnother(names, value, asked, depth - 1);
    const name = nameOf(value);
    return name !== undefined && !asked.some((each) => nameOf(each) === name);
  });
}

/** A name as text: partners write numbers either way. */
export const nameOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
