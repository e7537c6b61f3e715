import { caseStatuses } from '#domain';
import type { CaseApplication, CaseStatus, Channel, Coded, ApplicantKind, FileReference } from '#wire';

import { reading, type PortalFault, type PortalItem } from './portal-item.js';

/** A file as an item names it: by an address at its sender. What it is by content is still to be found out. */
export interface FileAt {
  id: string;
  address: string;
  name: string;
  componentCode?: string;
}

/** An item of DongBoHoSoMC in the hub's words. */
export interface ReadCase {
  application: Omit<CaseApplication, 'documents' | 'status'>;
  documents: FileAt[];
  results: FileAt[];
  status: CaseStatus;
  /** NgayKetThucXuLy, NgayTra, NgayTuChoi. */
  finishedAt?: string;
  returnedAt?: string;
  refusedAt?: string;
  /** What was asked for and hasn't come yet. */
  asked?: { at?: string; request: string };
  /** GhiChu. */
  note?: string;
}

export type CaseRead = { kind: 'read'; value: ReadCase } | { kind: 'faults'; faults: PortalFault[] };

export const statusOfCode: Readonly<Record<string, CaseStatus>> = Object.fromEntries(
  caseStatuses.map(({ code }) => [String(code), code]),
);
const channels: Readonly<Record<string, Channel>> = { 1: 'counter', 2: 'online', 3: 'post' };
const kinds: Readonly<Record<string, ApplicantKind>> = { 1: 'citizen', 2: 'business', 3: 'state-body', 4: 'other' };
const handingOver = { 0: 'counter', 1: 'post' } as const;
const deleted = { True: true, False: false } as const;

/** Some senders write it where they have no number. */
const noNumber = '000000001';

/**
 * DongBoHoSoMC's item → the case, the other way round than mapCase. What the item doesn't hold comes from the sender's
 * contract (the province) or from the case code (the unit's identifier: DonViXuLy is a name only).
 */
export function readCase(members: unknown, { province }: { province: Coded }): CaseRead {
  return reading(members, (item) => {
    const supplements = item.rows('DanhSachHoSoBoSung').map(readSupplement);
    const newest = supplements
      .filter(({ receivedAt }) => receivedAt)
      .sort(byReceipt)
      .at(-1);
    const open = supplements.filter(({ receivedAt }) => !receivedAt).at(-1);
    const dueAt = item.optionalStamp('NgayHenTra');
    const { application, finishedAt, returnedAt, refusedAt, note } = readPlain(item, province);
    return {
      application: {
        ...application,
        ...given({ dueAt: newest?.newDueAt ?? dueAt, supplement: newest && asSupplement(newest) }),
      },
      documents: item.rows('TaiLieuNop').flatMap(readDocument),
      results: item.rows('DanhSachGiayToKetQua').map(readResult),
      status: item.oneOf('TrangThaiHoSo', statusOfCode),
      ...given({ finishedAt, returnedAt, refusedAt, note }),
      ...(open?.request === undefined ? {} : { asked: { request: open.request, ...given({ at: open.requestedAt }) } }),
    };
  });
}

/** The application with its files by content; those that aren't known yet are the caller's to find first. */
export function applicationOf(
  { application, documents }: ReadCase,
  contentOf: (file: FileAt) => FileReference,
  status: CaseStatus,
): CaseApplication {
  return { ...application, status, ...(documents.length > 0 ? { documents: documents.map(contentOf) } : {}) };
}

function readPlain(item: PortalItem, province: Coded) {
  const { code, unit } = item.caseCode('MaHoSo');
  const fees = item.rows('DanhSachLePhi').map(readFee);
  const application: ReadCase['application'] = {
    code,
    procedure: { code: item.text('MaTTHC'), name: item.text('TenTTHC') },
    field: { code: item.text('MaLinhVuc'), name: item.text('TenLinhVuc') },
    channel: item.oneOf('KenhThucHien', channels),
    province,
    unit: { code: unit, name: item.text('DonViXuLy') },
    submittedAt: item.stamp('NgayNopHoSo'),
    receivedAt: item.stamp('NgayTiepNhan'),
    summary: item.text('TrichYeuHoSo'),
    applicant: readApplicant(item),
    returnBy: item.oneOf('HinhThuc', handingOver),
    ...(fees.length > 0 ? { fees } : {}),
  };
  return {
    application,
    finishedAt: item.optionalStamp('NgayKetThucXuLy'),
    returnedAt: item.optionalStamp('NgayTra'),
    refusedAt: item.optionalStamp('NgayTuChoi'),
    note: item.optional('GhiChu'),
  };
}

function readApplicant(item: PortalItem): CaseApplication['applicant'] {
  const said = item.optional('SoGiayToChuHoSo');
  const papers = item.rows('DinhDanhCHS').map((paper) => {
    const digits = paper.oneOf('LoaiDinhDanh', { 1: 12, 2: 9 });
    paper.matching('SoDinhDanh', new RegExp(`^\\d{${digits ?? '9,12'}}$`));
    return paper.text('SoDinhDanh');
  });
  return {
    name: item.text('ChuHoSo'),
    kind: item.oneOf('LoaiDoiTuong', kinds),
    ...given({
      idNumber: said === undefined || said === noNumber ? papers[0] : said,
      email: item.optional('Email'),
      phone: item.optional('SoDienThoai'),
      portalAccount: item.optional('MaDoiTuong'),
    }),
  };
}

const readFee = (row: PortalItem): NonNullable<CaseApplication['fees']>[number] => ({
  code: row.text('MaPhiLePhi'),
  name: row.text('TenPhiLePhi'),
  amount: row.amount('Gia'),
  ...given({ method: row.optional('HinhThucThu'), kind: row.optional('LoaiPhiLePhi') }),
});

/** A file that its sender has taken back is none of the case's any more. */
function readDocument(row: PortalItem): FileAt[] {
  if (row.optional('IsDeleted') !== undefined && row.oneOf('IsDeleted', deleted)) return [];
  return [
    {
      id: row.optional('TepDinhKemId') ?? '',
      address: row.text('DuongDanTaiTepTin'),
      name: row.text('TenTepDinhKem'),
      ...given({ componentCode: row.optional('MaThanhPhanHoSo') }),
    },
  ];
}

const readResult = (row: PortalItem): FileAt => ({
  id: row.optional('GiayToId') ?? '',
  address: row.text('DuongDanTepTinKetQua'),
  name: row.text('TenGiayTo'),
  ...given({ componentCode: row.optional('MaGiayToKetQua') ?? row.optional('MaThanhPhanHoSo') }),
});

const readSupplement = (row: PortalItem) => ({
  requestedAt: row.optionalStamp('NgayBoSung'),
  request: row.optional('NoiDungBoSung'),
  receivedAt: row.optionalStamp('NgayTiepNhanBoSung'),
  note: row.optional('ThongTinTiepNhan'),
  previousDueAt: row.optionalStamp('NgayHenTraTruoc'),
  newDueAt: row.optionalStamp('NgayHenTraMoi'),
});
type Supplement = ReturnType<typeof readSupplement>;

/** All are of one offset and form, so they compare as text. */
const byReceipt = (a: Supplement, b: Supplement): number =>
  (a.receivedAt ?? '') < (b.receivedAt ?? '') ? -1 : a.receivedAt === b.receivedAt ? 0 : 1;

const asSupplement = ({ requestedAt, request, receivedAt, note, previousDueAt }: Supplement) => ({
  receivedAt: receivedAt ?? '',
  ...given({ requestedAt, request, note, previousDueAt }),
});

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Members that have a value. */
export const given = <T extends object>(members: T): Given<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
