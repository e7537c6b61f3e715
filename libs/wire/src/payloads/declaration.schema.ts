import { choice, formatted, integer, list, numberChoice, object, text, yesNo } from '../schema.js';
import type { JudicialRecordDeclaration, ResidencePeriod } from './case.js';
import { address, coded, email, kin, phone } from './person.schema.js';

type Mandate = NonNullable<JudicialRecordDeclaration['mandate']>;

const sex = choice<'male' | 'female'>({ male: true, female: true });
export const recordNumber = numberChoice<1 | 2>({ 1: true, 2: true });

const residence = object<ResidencePeriod>(
  { from: formatted('year-month'), to: formatted('year-month'), place: text(500) },
  { occupation: text(500), workplace: text(500) },
);

const mandate = object<Mandate>(
  { name: text(200) },
  {
    sex,
    born: formatted('partial-date'),
    phone,
    identityPaper: object<NonNullable<Mandate['identityPaper']>>(
      { type: coded, number: text(30) },
      { issuedOn: formatted('partial-date'), issuedBy: text(300) },
    ),
    relation: coded,
    residence: text(500),
    signedOn: formatted('date'),
  },
);

export const declaration = object<JudicialRecordDeclaration>(
  {
    recordNumber,
    banFromOffice: yesNo,
    purpose: coded,
    copies: integer(1, 100),
    name: text(200),
    sex,
    born: formatted('partial-date'),
    birthPlace: address,
    nationality: coded,
    ethnicity: coded,
    permanentResidence: address,
    identityPaper: object<JudicialRecordDeclaration['identityPaper']>(
      { type: coded, number: text(30), issuedOn: formatted('partial-date'), issuedBy: text(300) },
      {},
    ),
    residences: list(residence, 100),
    payerClass: coded,
  },
  {
    otherPurpose: text(1_000),
    otherName: text(200),
    temporaryResidence: address,
    phone,
    email,
    father: kin,
    mother: kin,
    spouse: kin,
    convictions: text(10_000),
    mandate,
  },
);
