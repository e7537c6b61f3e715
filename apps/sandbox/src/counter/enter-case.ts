import type { Address, CaseApplication, JudicialRecordDeclaration, Kin } from '#wire';

import { dayOf } from '../stand-in/real-dates.js';
import { isoOf } from './check-declaration.js';
import { optionOf, type CounterOptions, type Option } from './options.js';
import type { Filled } from './read-form.js';

const dayMs = 86_400_000;

/** A declaration without faults as the case that the one-stop enters at the hub. */
export function enterCase(code: string, filled: Filled, options: CounterOptions, now: Date): CaseApplication {
  const value = (name: string): string => filled.values.get(name) ?? '';
  const declaration = declare(filled, options);
  const procedure = options.procedures.findLast(({ from }) => from <= dayOf(now)) ?? options.procedures[0];
  if (!procedure) throw new Error('the counter has no procedure');
  const payer = optionOf(options.payerClasses, value('payerClass'));
  const amount = (payer?.fee ?? 0) + Math.max(0, declaration.copies - 2) * options.feeOfFurtherSheets;
  return {
    code,
    procedure: { code: procedure.code, name: procedure.name },
    field: procedure.field,
    channel: 'counter',
    province: options.province,
    unit: options.unit,
    submittedAt: inHanoi(now),
    receivedAt: inHanoi(now),
    dueAt: dueAt(now, declaration, options),
    summary: `Đề nghị cấp Phiếu lý lịch tư pháp số ${declaration.recordNumber}`,
    applicant: {
      name: declaration.name,
      kind: 'citizen',
      idNumber: declaration.identityPaper.number,
      ...given('phone', value('phone')),
      ...given('email', value('email')),
    },
    returnBy: value('returnBy') === 'post' ? 'post' : 'counter',
    ...given('returnAddress', value('returnAddress')),
    status: 2,
    fees: [{ code: 'PHI-LLTP', name: 'Phí cung cấp thông tin lý lịch tư pháp', amount, method: '1', kind: '1' }],
    documents: filled.attachments.map(({ sha256, name, mediaType, bytes }) => ({
      sha256,
      name,
      mediaType,
      size: bytes.length,
      label: 'Giấy tờ kèm theo',
    })),
    declaration,
  };
}

function declare({ values, residences }: Filled, options: CounterOptions): JudicialRecordDeclaration {
  const value = (name: string): string => values.get(name) ?? '';
  const chosen = (list: readonly Option[], name: string): Option => {
    const { code, name: label } = optionOf(list, value(name)) ?? { code: '', name: '' };
    return { code, name: label };
  };
  const kin = (who: string): { [who: string]: Kin } =>
    value(`${who}Name`) ? { [who]: { name: value(`${who}Name`), ...given('born', isoOf(value(`${who}Born`))) } } : {};
  const birthProvince = optionOf(options.provinces, value('birthProvince'));
  return {
    recordNumber: value('recordNumber') === '2' ? 2 : 1,
    banFromOffice: value('banFromOffice') !== '',
    purpose: chosen(options.purposes, 'purpose'),
    ...given('otherPurpose', value('otherPurpose')),
    copies: Number(value('copies')),
    name: value('name'),
    ...given('otherName', value('otherName')),
    sex: value('sex') === 'female' ? 'female' : 'male',
    born: isoOf(value('born')),
    birthPlace: birthProvince
      ? { province: birthProvince, ...given('detail', value('birthDetail')), country: 'Việt Nam' }
      : { country: value('birthDetail') },
    nationality: chosen(options.nationalities, 'nationality'),
    ethnicity: chosen(options.ethnicities, 'ethnicity'),
    permanentResidence: address('permanent', values, options),
    ...(value('temporaryProvince') ? { temporaryResidence: address('temporary', values, options) } : {}),
    identityPaper: {
      type: chosen(options.paperTypes, 'paperType'),
      number: value('paperNumber'),
      issuedOn: isoOf(value('paperIssuedOn')),
      issuedBy: value('paperIssuedBy'),
    },
    ...given('phone', value('phone')),
    ...given('email', value('email')),
    ...kin('father'),
    ...kin('mother'),
    ...kin('spouse'),
    residences: residences.map((row) => ({
      from: isoOf(row['from'] ?? '').slice(0, 7),
      to: isoOf(row['to'] ?? '').slice(0, 7),
      place: row['place'] ?? '',
      ...given('occupation', row['occupation'] ?? ''),
      ...given('workplace', row['workplace'] ?? ''),
    })),
    payerClass: chosen(options.payerClasses, 'payerClass'),
    ...given('convictions', value('convictions')),
    ...mandate(values, options),
  };
}

function mandate(
  values: ReadonlyMap<string, string>,
  options: CounterOptions,
): Pick<JudicialRecordDeclaration, 'mandate'> {
  const value = (name: string): string => values.get(`mandate${name}`) ?? '';
  if (!values.get('mandated')) return {};
  const type = optionOf(options.paperTypes, value('PaperType'));
  const relation = optionOf(options.relations, value('Relation'));
  const sex = value('Sex');
  return {
    mandate: {
      name: value('Name'),
      ...(sex === 'male' || sex === 'female' ? { sex } : {}),
      ...given('born', isoOf(value('Born'))),
      ...given('phone', value('Phone')),
      ...(type && value('PaperNumber')
        ? {
            identityPaper: {
              type,
              number: value('PaperNumber'),
              ...given('issuedOn', isoOf(value('PaperIssuedOn'))),
              ...given('issuedBy', value('PaperIssuedBy')),
            },
          }
        : {}),
      ...(relation ? { relation } : {}),
      ...given('residence', value('Residence')),
      ...given('signedOn', isoOf(value('SignedOn'))),
    },
  };
}

/** The commune has no code here (its catalogue has 3,321): it stands in the text. */
function address(which: string, values: ReadonlyMap<string, string>, options: CounterOptions): Address {
  const value = (name: string): string => values.get(`${which}${name}`) ?? '';
  const province = optionOf(options.provinces, value('Province'));
  const detail = [value('Detail'), value('Commune')].filter(Boolean).join(', ');
  return { ...(province ? { province } : {}), ...given('detail', detail), country: 'Việt Nam' };
}

/** At 17:00 of the last day, of the Monday after where that is a weekend; holidays are the calendar's business. */
function dueAt(
  now: Date,
  { residences, nationality }: JudicialRecordDeclaration,
  { termDays }: CounterOptions,
): string {
  const days = residences.length > 1 || nationality.code !== 'VN' ? termDays.longer : termDays.plain;
  let due = new Date(now.getTime() + days * dayMs);
  while ([0, 6].includes(new Date(`${dayOf(due)}T12:00:00Z`).getUTCDay())) due = new Date(due.getTime() + dayMs);
  return `${dayOf(due)}T17:00:00+07:00`;
}

/** RFC 3339 with the counter's own offset. */
const inHanoi = (now: Date): string => `${new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;

const given = <K extends string>(name: K, value: string): { [key in K]?: string } =>
  value ? ({ [name]: value } as { [key in K]: string }) : {};
