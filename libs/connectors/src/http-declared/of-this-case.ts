import { memberOf, type PartnerAnswer } from '#domain';

import { answersFor, caseNames, namesAnother, otherCase } from '../http/answers-for.js';
import { settled, type Scope } from '../mapping/scope.js';
import { withinEnvelope, XmlElement } from '../xml/xml-element.js';
import type { CompiledOperation } from './operations.js';

/** What the file says that an answer names, where it names it: somebody else's answer is no answer. */
export async function ofThisCase(
  { names }: CompiledOperation,
  answer: PartnerAnswer,
  scope: Scope,
): Promise<PartnerAnswer> {
  if (answer.kind !== 'answered' || names.length === 0) return answer;
  for (const [path, template] of names) {
    const expected = textOf(await settled(template, scope));
    if (/[.[]/.test(path)) {
      const found = memberOf(answer.json, path);
      if (isScalar(found) && textOf(found) !== expected) return otherCase;
    } else if (answer.json instanceof XmlElement) {
      if (namesAnother(caseNames(path), withinEnvelope(answer.json), [expected])) return otherCase;
    } else if (answersFor(caseNames(path), answer, () => [expected]) === otherCase) return otherCase;
  }
  return answer;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export const textOf = (value: unknown): string | undefined => (isScalar(value) ? String(value) : undefined);
