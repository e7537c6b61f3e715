import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson, type CaseApplication } from '#wire';

import { validApplication } from '../application.arbitrary.js';
import { contractOf, outgoing, recordCase, sample, without } from '../case.fixture.js';
import type { OutgoingEvent } from '../connector.js';
import { codeTables } from '../mapping/code-tables.js';
import { mapRegistration, type Catalogues, type RegistrationWording } from './map-registration.js';

type Members = Record<string, unknown>;

const contract = contractOf('lltp-gen1');
const catalogues = Object.fromEntries(codeTables(contract.codeTables!)) as unknown as Catalogues;
const wording: RegistrationWording = { suffix: 'WSForm', ministryJustice: 0, vietnam: 'VN' };
const map = (event: OutgoingEvent, more: Partial<RegistrationWording> = {}, by = catalogues) =>
  mapRegistration(event, by, { ...wording, ...more });

function itemOf(event: OutgoingEvent, more: Partial<RegistrationWording> = {}): Record<string, Members> {
  const mapped = map(event, more);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared.item as Record<string, Members>;
}

/** The hub's words for the case that the guide's sample shows. */
const guideCase: CaseApplication = {
  ...recordCase,
  receivedAt: '2024-08-12T08:00:00+07:00',
  submittedAt: '2024-08-12T07:30:00+07:00',
  dueAt: '2024-08-26T17:00:00+07:00',
  returnAddress: 'Số 1 đường Mẫu',
  declaration: {
    ...without(recordCase.declaration!, 'temporaryResidence'),
    name: 'Nguyễn Thị Mẫu Đơn',
    born: '1990-08',
    birthPlace: { province: { code: '38', name: 'Tỉnh Mẫu' } },
    permanentResidence: { commune: { code: '1', name: 'phường Thử Nghiệm' }, detail: 'Số 1 đường Mẫu' },
    identityPaper: { ...recordCase.declaration!.identityPaper, number: '079200000123' },
    residences: [
      {
        from: '2004-09',
        to: '2012-08',
        place: 'Xã Giả Định, tỉnh Mẫu',
        occupation: 'Học sinh, sinh viên',
        workplace: 'Trường THPT Mẫu',
      },
      {
        from: '2012-09',
        to: '2024-08',
        place: 'Phường Thử Nghiệm, tỉnh Mẫu',
        occupation: 'Kế toán',
        workplace: 'Công ty TNHH Ví Dụ',
      },
    ],
  },
};
const declared = (change: Partial<NonNullable<CaseApplication['declaration']>>): CaseApplication => ({
  ...guideCase,
  declaration: { ...guideCase.declaration!, ...change },
});
const mandate = {
  name: 'Lê Văn Ủy Quyền',
  sex: 'male' as const,
  born: '1985',
  residence: 'Số 2 đường Mẫu',
  relation: { code: '04', name: 'Anh ruột' },
  identityPaper: {
    type: { code: '3', name: 'Căn cước công dân' },
    number: '079085000456',
    issuedOn: '2021-06-05',
    issuedBy: 'Cục Cảnh sát QLHC về TTXH',
  },
  signedOn: '2024-08-10',
};

describe('a registration by the first interface', () => {
  it('is the guide’s sample, but for the receipt’s number, which no event carries', () => {
    const golden = { ...sample('lltp-gen1/nhanHoSoDangKy.request.json'), idMoneyReceipt: '' };
    expect(itemOf(outgoing('received', guideCase, { caseCode: '240812-0007' }))).toEqual(golden);
  });

  it('by mandate is the guide’s sample, too', () => {
    const golden = { ...sample('lltp-gen1/nhanHoSoDangKy.mandate.request.json'), idMoneyReceipt: '' };
    expect(itemOf(outgoing('received', declared({ mandate }), { caseCode: '240812-0008' }))).toEqual(golden);
  });

  it('goes under the whole code, the agency’s prefix included', () => {
    expect(itemOf(outgoing('received', guideCase))['idReceivedDec']).toBe('H56.14-241112-0009');
  });

  it('is spelled as the working client spells it where the file says so, and copies no applicant into the mandate', () => {
    const client = sample<Record<string, Members>>('lltp-gen1/nhanHoSoDangKy.as-real-client-sends.request.json');
    const item = itemOf(outgoing('received', guideCase), { suffix: 'Form' });
    expect(Object.keys(item)).toEqual(Object.keys(client));
    expect(item['declarationForm']).toEqual(client['declarationForm']);
    expect(item['residenceForm']).toEqual(client['residenceForm']);
    expect(item['mandatorForm']).toBeNull();
  });

  it('keeps partial dates as partial as the paper has them', () => {
    for (const [born, written] of [
      ['1990', '1990'],
      ['1990-08', '08/1990'],
      ['1990-08-15', '15/08/1990'],
    ] as const)
      expect(itemOf(outgoing('received', declared({ born })))['declarationWSForm']!['birthDateStr']).toBe(written);
  });

  it('takes the numbers that were in force on the case’s own day, whenever it is sent', () => {
    const dated = {
      ...catalogues,
      nationality: codeTables({
        nationality: [
          { validFrom: '2018-01-01', codes: { VN: 3106 } },
          { validFrom: '2024-12-01', codes: { VN: 9999 } },
        ],
      }).get('nationality')!,
    };
    const nationalityOf = (receivedAt: string) => {
      const mapped = map(outgoing('received', { ...guideCase, receivedAt }), {}, dated);
      if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
      return (mapped.prepared.item as Record<string, Members>)['declarationWSForm']!['nationalityId'];
    };
    expect(nationalityOf('2024-11-30T16:59:59Z')).toBe(3106);
    expect(nationalityOf('2024-11-30T17:00:00Z')).toBe(9999);
  });

  it('says -1 for a catalogue’s unknown, and 71 for a foreigner', () => {
    const item = itemOf(
      outgoing(
        'received',
        declared({ nationality: { code: 'LA', name: 'Lào' }, ethnicity: { code: '77', name: '?' } }),
      ),
    );
    expect(item['declarationWSForm']).toMatchObject({ nationalityId: -1, ethnicId: -1, objectRequestId: 71 });
  });

  it('can’t be made of a supplement, of an unknown paper, of a stay without an end, without a telephone', () => {
    const reasonOf = (event: OutgoingEvent) => {
      const mapped = map(event);
      return mapped.kind === 'unmappable' ? mapped.reason : 'prepared';
    };
    expect(reasonOf(outgoing('supplemented', guideCase))).toBe("this interface doesn't take case.supplemented");
    expect(reasonOf(outgoing('received', without(guideCase, 'declaration')))).toBe('declaration is missing');
    const paper = { ...guideCase.declaration!.identityPaper, type: { code: '9', name: 'secret name' } };
    expect(reasonOf(outgoing('received', declared({ identityPaper: paper })))).toBe(
      "codeTables.identityPaper has no number for the case's code",
    );
    const stay = { from: '2024', place: 'Xã Giả Định' } as never;
    expect(reasonOf(outgoing('received', declared({ residences: [stay] })))).toBe(
      'declaration.residences.0.to is missing',
    );
    const silent = { ...guideCase, declaration: without(guideCase.declaration!, 'phone') };
    expect(reasonOf(outgoing('received', silent))).toBe('declaration.phone is missing');
  });

  it('of any application is complete and repeatable, or says which field is not', () => {
    fc.assert(
      fc.property(validApplication, (application) => {
        const event = outgoing('received', application);
        const mapped = map(event);
        if (mapped.kind === 'unmappable') {
          expect(mapped.reason).toMatch(/is missing|is not a|has no number/);
          for (const secret of [application.applicant.name, application.declaration?.name ?? application.summary])
            expect(mapped.reason).not.toContain(secret);
          return;
        }
        const item = mapped.prepared.item as Record<string, Members>;
        const form = item['declarationWSForm']!;
        for (const field of ['fullName', 'birthDateStr', 'identifyNo', 'phone', 'declareDate'])
          expect(form[field]).toEqual(expect.stringMatching(/./s));
        for (const field of ['genderId', 'nationalityId', 'idTypeId', 'declareTypeId', 'objectRequestId', 'formType'])
          expect(Number.isInteger(form[field])).toBe(true);
        expect(form['genderId']).toBe(application.declaration!.sex === 'female' ? 0 : 1);
        expect(item['mandatorWSForm'] === null).toBe(application.declaration!.mandate === undefined);
        expect(form['declareTypeId'] === 3845).toBe(application.declaration!.mandate !== undefined);
        expect(canonicalJson(item as never)).toBe(canonicalJson(itemOf(event)));
      }),
    );
  });
});
