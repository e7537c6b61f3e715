import { shortType, type Address, type CaseApplication, type JudicialRecordDeclaration, type Json } from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { toLocal } from '../field-formats.js';
import { MappedFields } from '../mapped-fields.js';
import type { Translate } from '../mapping/code-tables.js';

const sendFunction = 'nhanHoSoDangKy';

/** The partner's own numbers; each of its catalogues is dated, and the case's own day decides. */
export interface Catalogues {
  /** male, female. */
  sex: Translate;
  nationality: Translate;
  ethnicity: Translate;
  identityPaper: Translate;
  /** citizen, business, state-body, other; mandate where somebody applies for another. */
  declareType: Translate;
  /** citizen, business, state-body, other; foreigner for a citizen of another country. */
  objectRequest: Translate;
  /** By the smallest unit that the address names. Absent: no region's number is known. */
  region?: Translate;
}

/** What the sources leave open and an agency file says. */
export interface RegistrationWording {
  /** The guide writes declarationWSForm, a working client declarationForm. */
  suffix: 'WSForm' | 'Form';
  /** idMinistryJustice, and ministryJusticeId of the declaration. */
  ministryJustice: number;
  /** The code by which our declarations name Vietnam. */
  vietnam: string;
}

/** What stands for a number that no catalogue has. */
const unknownId = -1;

/** nhanHoSoDangKy: the application in full. This generation takes no files, and a case only once. */
export function mapRegistration(event: OutgoingEvent, catalogues: Catalogues, wording: RegistrationWording): Prepared {
  const fields = new MappedFields();
  const short = shortType(event.type);
  if (short !== 'case.received') return { kind: 'unmappable', reason: `this interface doesn't take ${short}` };
  const { application } = event;
  const { declaration, receivedAt } = application;
  const day = toLocal(receivedAt)?.slice(0, 10);
  if (!declaration) fields.fault('declaration is missing');
  if (!day) fields.fault('receivedAt is not a time');
  if (!declaration || !day) return fields.prepared(sendFunction, null);
  const ids = new Ids(catalogues, day, fields);
  return fields.prepared(sendFunction, {
    idMinistryJustice: wording.ministryJustice,
    // With the agency's prefix: without it two agencies collide on the same day.
    idReceivedDec: event.caseCode,
    dateReceivedDec: fields.day('receivedAt', receivedAt),
    datePromissoryDec: fields.day('dueAt', application.dueAt),
    // No event carries a receipt's number.
    idMoneyReceipt: '',
    [`declaration${wording.suffix}`]: {
      ...person(declaration, application, ids, fields),
      ...kin(declaration, fields),
      ...request(declaration, application, ids, wording, fields),
    },
    [`residence${wording.suffix}`]: residences(declaration, fields),
    [`mandator${wording.suffix}`]: mandator(declaration, ids, fields),
  });
}

/** Looks up numbers as of the case's day, and remembers a code that has none by the table's name, never by its value. */
class Ids {
  constructor(
    private readonly catalogues: Catalogues,
    private readonly day: string,
    private readonly fields: MappedFields,
  ) {}

  of(catalogue: Exclude<keyof Catalogues, 'region'>, code: string): number {
    const id = numberOf(this.catalogues[catalogue](code, this.day));
    if (id === undefined) this.fields.fault(`codeTables.${catalogue} has no number for the case's code`);
    return id ?? unknownId;
  }

  region(at: Address | undefined): number {
    const unit = at?.commune ?? at?.district ?? at?.province;
    const id = unit && this.catalogues.region?.(unit.code, this.day);
    return numberOf(id) ?? unknownId;
  }
}

const numberOf = (id: string | number | undefined): number | undefined =>
  id === undefined || id === '' || !Number.isInteger(Number(id)) ? undefined : Number(id);

function person(
  declaration: JudicialRecordDeclaration,
  { applicant }: CaseApplication,
  ids: Ids,
  fields: MappedFields,
): Record<string, Json> {
  const { identityPaper, permanentResidence, temporaryResidence } = declaration;
  return {
    fullName: declaration.name,
    otherName: declaration.otherName ?? '',
    genderId: ids.of('sex', declaration.sex),
    birthDateStr: fields.partialDate('declaration.born', declaration.born),
    birthPlace: written(declaration.birthPlace),
    nationalityId: ids.of('nationality', declaration.nationality.code),
    ethnicId: ids.of('ethnicity', declaration.ethnicity.code),
    residence: written(permanentResidence),
    reRegionId: ids.region(permanentResidence),
    residenceTemporary: written(temporaryResidence),
    rtRegionId: ids.region(temporaryResidence),
    idTypeId: ids.of('identityPaper', identityPaper.type.code),
    identifyNo: identityPaper.number,
    idIssueDate: fields.partialDate('declaration.identityPaper.issuedOn', identityPaper.issuedOn),
    idIssuePlace: identityPaper.issuedBy ?? '',
    phone: declaration.phone ?? applicant.phone ?? fields.fault('declaration.phone is missing'),
    email: declaration.email ?? '',
  };
}

const kin = ({ father, mother, spouse }: JudicialRecordDeclaration, fields: MappedFields): Record<string, Json> => ({
  dadName: father?.name ?? '',
  dadDob: fields.partialDate('declaration.father.born', father?.born),
  momName: mother?.name ?? '',
  momDob: fields.partialDate('declaration.mother.born', mother?.born),
  partnerName: spouse?.name ?? '',
  partnerDob: fields.partialDate('declaration.spouse.born', spouse?.born),
});

function request(
  declaration: JudicialRecordDeclaration,
  application: CaseApplication,
  ids: Ids,
  { ministryJustice, vietnam }: RegistrationWording,
  fields: MappedFields,
): Record<string, Json> {
  const { kind } = application.applicant;
  const isForeign = declaration.nationality.code !== vietnam;
  return {
    ministryJusticeId: ministryJustice,
    declareDate: fields.day('submittedAt', application.submittedAt),
    declareTypeId: ids.of('declareType', declaration.mandate ? 'mandate' : kind),
    requestQty: declaration.copies,
    requestQtyAdd: 0,
    objectRequestId: ids.of('objectRequest', kind === 'citizen' && isForeign ? 'foreigner' : kind),
    agencyRequestId: unknownId,
    regionRequestId: unknownId,
    formType: declaration.recordNumber,
    isBanPosition: declaration.banFromOffice ? 1 : 0,
    delivery: application.returnBy === 'post' ? 1 : 0,
    deliveryAddress: application.returnAddress ?? '',
    deliveryDistrict: unknownId,
    note: '',
    purpose: declaration.otherPurpose ?? declaration.purpose.name,
    receiveNo: '',
    declarationPortalID: 0,
  };
}

const residences = ({ residences: periods }: JudicialRecordDeclaration, fields: MappedFields): Json[] =>
  periods.map((period, i) => ({
    fromDateStr: fields.partialDate(`declaration.residences.${i}.from`, period.from),
    // Needed, and not ours to invent: somebody who still lives there has no last day.
    toDateStr: period.to
      ? fields.partialDate(`declaration.residences.${i}.to`, period.to)
      : fields.fault(`declaration.residences.${i}.to is missing`),
    residencePlace: period.place,
    jobName: period.occupation ?? '',
    workPlace: period.workplace ?? '',
  }));

/** Absent where nobody applies for another: the applicant isn't copied into it. */
function mandator({ mandate }: JudicialRecordDeclaration, ids: Ids, fields: MappedFields): Json {
  if (!mandate) return null;
  const { identityPaper } = mandate;
  return {
    fullName: mandate.name,
    genderId: mandate.sex ? ids.of('sex', mandate.sex) : unknownId,
    birthDateStr: fields.partialDate('declaration.mandate.born', mandate.born),
    birthPlaceId: unknownId,
    residence: mandate.residence ?? '',
    regionId: unknownId,
    idTypeId: identityPaper ? ids.of('identityPaper', identityPaper.type.code) : unknownId,
    identifyNo: identityPaper?.number ?? '',
    idIssueDate: fields.partialDate('declaration.mandate.identityPaper.issuedOn', identityPaper?.issuedOn),
    idIssuePlace: identityPaper?.issuedBy ?? '',
    mandatorRelation: mandate.relation?.name ?? '',
    mandatorDate: fields.partialDate('declaration.mandate.signedOn', mandate.signedOn),
  };
}

/** An address as people write it, the smallest unit first. */
const written = (at: Address | undefined): string =>
  [at?.detail, at?.commune?.name, at?.district?.name, at?.province?.name].filter((part) => part).join(', ');
