import { parseCaseCode } from '#domain';
import type { CaseApplication, Coded, JudicialRecordDeclaration } from '#wire';

import { given } from '../national-portal/read-case.js';
import { reading, type PortalFault, type PortalItem } from '../national-portal/portal-item.js';
import { coded } from './coded.js';
import type { FilingDoor } from './filing-door.js';
import { readDeclaration } from './read-declaration.js';

/** A paper as it stands in the message: base64 inside JSON. */
export interface PaperInside {
  componentCode?: string;
  label: string;
  mediaType: string;
  base64: string;
}

export interface Filing {
  code: string;
  /** The unit and number in the code, and its day. */
  issued: { unit: string; day: string; number: number };
  /** As its receipt names it; it may have none. */
  procedure?: Coded;
  application: Omit<CaseApplication, 'procedure' | 'documents' | 'status' | 'dueAt'> & {
    declaration: JudicialRecordDeclaration;
  };
  papers: PaperInside[];
}

export type FilingRead = { kind: 'read'; value: Filing } | { kind: 'faults'; faults: PortalFault[] };

/** Whether the form was in force on the case's day is for intake to say. */
const anyDay = '2199-12-31';
const MEDIA_TYPE = /^[a-z0-9.+-]+\/[a-z0-9.+-]{1,100}$/;

/** TaoHoSo's body → the case. Numbers may stand for text and text for numbers: both are read, and nothing is guessed. */
export function readFiling(body: unknown, door: FilingDoor): FilingRead {
  return reading(asTexts(body), (item) => {
    const declared = item.inner('toKhai');
    const payment = declared.inner('thongTinThanhToan');
    const { code } = item.caseCode('maHoSoMCDT');
    const form = parseCaseCode(code, anyDay);
    const receivedOn = item.date('ngayTiepNhan');
    const receivedAt = `${receivedOn}T00:00:00+07:00`;
    const declaration = readDeclaration(declared);
    return {
      code,
      ...given({ procedure: coded(item.inner('thongTinBienLai'), 'maTTHC', 'tenTTHC') }),
      issued: form.kind === 'valid' ? { unit: form.unit, day: form.receivedOn, number: form.number } : nowhere,
      application: {
        code,
        channel: channelOf(item, door),
        province: { code: item.text('maTinh'), name: item.text('tenTinh') },
        unit: door.unit,
        submittedAt: receivedAt,
        receivedAt,
        summary: `Đề nghị cấp Phiếu lý lịch tư pháp số ${declaration.recordNumber}`,
        applicant: {
          name: declaration.name,
          kind: 'citizen',
          idNumber: declaration.identityPaper.number,
          ...given({ phone: declaration.phone, email: declaration.email }),
        },
        // 2 is the post; whatever else is handed over where it was filed.
        returnBy: payment.optional('hinhThucNhanBanGiay') === '2' ? 'post' : 'counter',
        ...given({ returnAddress: payment.optional('diaChiNhan'), fees: feesOf(payment) }),
        declaration,
      },
      papers: declared.rows('giayToDinhKem').flatMap(papersOf),
    };
  });
}

const nowhere = { unit: '', day: '', number: 0 };

function channelOf(item: PortalItem, { onlineSources, counterSources }: FilingDoor): CaseApplication['channel'] {
  const source = item.text('nguonDangKy');
  if (onlineSources.includes(source)) return 'online';
  if (source !== '' && !counterSources.includes(source)) item.fault('nguonDangKy', 'malformed');
  return 'counter';
}

/** What was paid, by the names of its members: the message has no codes of fees. */
function feesOf(payment: PortalItem): CaseApplication['fees'] {
  const fees = [
    { code: 'phiLLTP', name: 'Phí cấp Phiếu lý lịch tư pháp', amount: payment.optionalAmount('phiLLTP') },
    { code: 'phiCapThemBanGiay', name: 'Phí cấp thêm bản giấy', amount: payment.optionalAmount('phiCapThemBanGiay') },
  ].filter(({ amount }) => amount > 0);
  return fees.length > 0 ? fees : undefined;
}

function papersOf(paper: PortalItem): PaperInside[] {
  const label = paper.text('ten');
  const componentCode = paper.optional('ma');
  return paper.rows('danhSach').map((file) => {
    const said = (file.optional('loai') ?? '').trim().toLowerCase();
    return {
      label,
      mediaType: MEDIA_TYPE.test(said) ? said : 'application/octet-stream',
      base64: file.text('duLieu'),
      ...given({ componentCode }),
    };
  });
}

/** Unlike the portal's, these items write some codes and years as numbers, and null for nothing. */
function asTexts(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || typeof value !== 'object') return value ?? undefined;
  if (Array.isArray(value)) return value.map(asTexts);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const text = asTexts(member);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
