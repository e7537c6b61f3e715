import type { Applicant, CaseApplication } from './case.js';

/** Which register a number of the applicant belongs to. */
export type IdentityKind = 'personal-number' | 'former-id-card' | 'enterprise-code' | 'other';

export interface Identity {
  kind: IdentityKind;
  /** As it came, to the letter. */
  number: string;
}

export type ApplicantV2 = Omit<Applicant, 'idNumber'> & { identity?: Identity };

/** `case.received` and `case.supplemented`, second version: the applicant's number says which register it belongs to. */
export type CaseApplicationV2 = Omit<CaseApplication, 'applicant'> & { applicant: ApplicantV2 };

/** Nothing is lost: `toFirst(toSecond(x))` is x. */
export function toSecond({ applicant, ...rest }: CaseApplication): CaseApplicationV2 {
  const { idNumber, ...others } = applicant;
  const identity = idNumber === undefined ? {} : { identity: { kind: kindOf(idNumber, applicant), number: idNumber } };
  return { ...rest, applicant: { ...others, ...identity } };
}

/** What the first version has no place for is the kind, which the number's form tells again. */
export function toFirst({ applicant, ...rest }: CaseApplicationV2): CaseApplication {
  const { identity, ...others } = applicant;
  return { ...rest, applicant: { ...others, ...(identity === undefined ? {} : { idNumber: identity.number }) } };
}

/**
 * By form alone, never guessed from anything else: twelve digits of a citizen are the personal number (Luật Căn cước 2023),
 * nine the identity card that ended on 31/12/2024; ten digits of a business, or ten and three, its code and tax code.
 */
function kindOf(number: string, { kind }: Pick<Applicant, 'kind'>): IdentityKind {
  if (kind === 'citizen' && /^[0-9]{12}$/.test(number)) return 'personal-number';
  if (kind === 'citizen' && /^[0-9]{9}$/.test(number)) return 'former-id-card';
  if (kind === 'business' && /^[0-9]{10}(?:-?[0-9]{3})?$/.test(number)) return 'enterprise-code';
  return 'other';
}
