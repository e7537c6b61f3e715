import { isDayMonthYear, isPartialDate } from '../stand-in/real-dates.js';

type Members = Record<string, unknown>;

/** The three forms of a registration, however its sender spells them. */
export interface Forms {
  spelling: 'WSForm' | 'Form';
  declaration: Members;
  residences: Members[];
  mandator: Members | null;
}

/** What is wrong, by kind and field; undefined: nothing. */
export type Wrong = { kind: 'missing' | 'malformed'; field: string } | undefined;

const missing = (field: string): Wrong => ({ kind: 'missing', field });
const malformed = (field: string): Wrong => ({ kind: 'malformed', field });

const texts = ['fullName', 'birthDateStr', 'identifyNo', 'phone', 'declareDate'] as const;
const numbers = ['genderId', 'nationalityId', 'idTypeId', 'declareTypeId', 'requestQty', 'objectRequestId', 'formType'];
const codes: Readonly<Record<string, readonly number[]>> = {
  genderId: [0, 1],
  idTypeId: [0, 1, 2, 3],
  declareTypeId: [3844, 3845, 3846, 3847],
  objectRequestId: [71, 72, 73, 74],
  formType: [1, 2],
  isBanPosition: [0, 1],
  delivery: [0, 1],
};
const optionalNumbers = ['ethnicId', 'reRegionId', 'rtRegionId', 'agencyRequestId', 'regionRequestId'];
const partialDates = ['birthDateStr', 'idIssueDate', 'dadDob', 'momDob', 'partnerDob'];

/** Undefined: neither spelling is there. */
export function formsOf(body: Members): Forms | undefined {
  for (const spelling of ['WSForm', 'Form'] as const) {
    const declaration = body[`declaration${spelling}`];
    if (!isObject(declaration)) continue;
    const rows = body[`residence${spelling}`];
    const mandator = body[`mandator${spelling}`];
    return {
      spelling,
      declaration,
      residences: Array.isArray(rows) ? rows.filter(isObject) : [],
      mandator: isObject(mandator) ? mandator : null,
    };
  }
  return undefined;
}

export function checkRegistration(body: Members, forms: Forms): Wrong {
  if (typeof body['idReceivedDec'] !== 'string' || body['idReceivedDec'] === '') return missing('idReceivedDec');
  for (const field of ['dateReceivedDec', 'datePromissoryDec']) {
    const day = body[field];
    if (field === 'dateReceivedDec' && (day === undefined || day === '')) return missing(field);
    if (typeof day !== 'string' || (day !== '' && !isDayMonthYear(day))) return malformed(field);
  }
  return checkDeclaration(forms.declaration) ?? checkResidences(forms.residences) ?? checkMandator(forms);
}

function checkDeclaration(declaration: Members): Wrong {
  for (const field of texts) {
    if (typeof declaration[field] !== 'string' || declaration[field] === '') return missing(field);
  }
  for (const field of numbers) {
    if (declaration[field] === undefined || declaration[field] === null) return missing(field);
    if (!Number.isInteger(declaration[field])) return malformed(field);
  }
  for (const field of optionalNumbers) {
    if (declaration[field] !== undefined && !Number.isInteger(declaration[field])) return malformed(field);
  }
  for (const [field, known] of Object.entries(codes)) {
    const value = declaration[field];
    if (value !== undefined && !known.includes(value as number)) return malformed(field);
  }
  return (
    badDate(declaration, partialDates) ?? (isDay(declaration['declareDate']) ? undefined : malformed('declareDate'))
  );
}

function checkResidences(rows: readonly Members[]): Wrong {
  for (const row of rows) {
    for (const field of ['fromDateStr', 'toDateStr', 'residencePlace'])
      if (typeof row[field] !== 'string' || row[field] === '') return missing(field);
    const wrong = badDate(row, ['fromDateStr', 'toDateStr']);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkMandator({ declaration, mandator }: Forms): Wrong {
  if (declaration['declareTypeId'] === 3845 && !mandator) return missing('mandator');
  if (!mandator) return undefined;
  if (typeof mandator['fullName'] !== 'string' || mandator['fullName'] === '') return missing('fullName');
  return badDate(mandator, ['birthDateStr', 'idIssueDate', 'mandatorDate']);
}

function badDate(members: Members, fields: readonly string[]): Wrong {
  for (const field of fields) {
    const date = members[field];
    if (date === undefined || date === '') continue;
    // Of this interface month and year are joined by a slash only.
    if (typeof date !== 'string' || date.includes('-') || !isPartialDate(date)) return malformed(field);
  }
  return undefined;
}

const isDay = (value: unknown): boolean => typeof value === 'string' && isDayMonthYear(value);
const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
