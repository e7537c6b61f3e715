import type { Address, CaseApplication, FileReference, JudicialRecordDeclaration } from '#wire';
import { shortType } from '#wire';

import type { OutgoingEvent, Prepared, ReadFile } from '../connector.js';
import { MappedFields } from '../mapped-fields.js';

const sendOperation = 'gui-ho-so';

/** What the sources don't print and an agency file says instead. */
export interface ApplicationWording {
  /** Name of nguonDangKy 1 and 3. */
  portalSource: string;
  counterSource: string;
  /** Flow (a) has these members of a mandate inside an object; that flow (b) has them flat is inferred. */
  mandateFlat: boolean;
}

/** Flow (b): the application in full, files inside it. Every value is a string; `nyqQuanHe` and `nuqLoaiGiayto` are the partner's spelling. */
export async function mapApplication(
  event: OutgoingEvent,
  wording: ApplicationWording,
  file: ReadFile,
): Promise<Prepared> {
  const { application, type } = event;
  const fields = new MappedFields();
  const short = shortType(type);
  if (short !== 'case.received' && short !== 'case.supplemented')
    return { kind: 'unmappable', reason: `this interface doesn't take ${short}` };
  const { declaration } = application;
  if (!declaration) fields.fault('declaration is missing');
  if (!declaration) return fields.prepared(sendOperation, null);
  const fromPortal = application.channel === 'online';
  return fields.prepared(sendOperation, {
    maTinh: application.province.code,
    tenTinh: application.province.name,
    maHoSoMCDT: event.caseCode,
    nguonDangKy: fromPortal ? '1' : '3',
    tenNguonDangKy: fromPortal ? wording.portalSource : wording.counterSource,
    ngayTiepNhan: fields.day('receivedAt', application.receivedAt),
    toKhai: {
      ...person(declaration, fields),
      ngayHenTra: fields.day('dueAt', application.dueAt),
      ...origin(declaration),
      ...kin(declaration, fields),
      ...mandate(declaration, wording, fields),
      nycCuTru: declaration.residences.map((period, i) => ({
        tuNgay: fields.partialDate(`declaration.residences.${i}.from`, period.from),
        denNgay: fields.partialDate(`declaration.residences.${i}.to`, period.to),
        noiCuTru: period.place,
        ngheNghiep: period.occupation ?? '',
        noiLamViec: period.workplace ?? '',
      })),
      fileHoSo: await filesInside(application, file, fields),
    },
  });
}

const sexCode = { male: '1', female: '2' } as const;
const sexName = { male: 'Nam', female: 'Nữ' } as const;

function person(declaration: JudicialRecordDeclaration, fields: MappedFields): Record<string, string> {
  const { identityPaper } = declaration;
  return {
    loaiPhieu: String(declaration.recordNumber),
    yeuCauCDNCV: declaration.banFromOffice ? '1' : '0',
    maMucDich: declaration.purpose.code,
    tenMucDich: declaration.purpose.name,
    mucDichKhac: declaration.otherPurpose ?? '',
    soLuongCap: String(declaration.copies),
    nycHoTen: declaration.name,
    nycTenGoiKhac: declaration.otherName ?? '',
    nycGioiTinh: sexCode[declaration.sex],
    nycTenGioiTinh: sexName[declaration.sex],
    nycNgaySinh: fields.partialDate('declaration.born', declaration.born),
    nycDoiTuongNopPhi: declaration.payerClass.code,
    nycTenDoiTuongNopPhi: declaration.payerClass.name,
    nycDienThoai: declaration.phone ?? '',
    nycEmail: declaration.email ?? '',
    nycLoaiGiayTo: identityPaper.type.code,
    nycTenLoaiGiayTo: identityPaper.type.name,
    nycSoGiayTo: identityPaper.number,
    nycNgayCapGiayTo: fields.partialDate('declaration.identityPaper.issuedOn', identityPaper.issuedOn),
    nycNoiCapGiayTo: identityPaper.issuedBy,
    nycQuocTich: declaration.nationality.code,
    nycTenQuocTich: declaration.nationality.name,
    nycDanToc: declaration.ethnicity.code,
    nycTenDanToc: declaration.ethnicity.name,
    thongTinAnTich: declaration.convictions ?? '',
  };
}

const origin = ({ birthPlace, permanentResidence, temporaryResidence }: JudicialRecordDeclaration) => ({
  nycNoiSinhNuocNgoai: countryName(birthPlace) === vietnam ? '1' : '2',
  nycThuongTru: address(permanentResidence),
  nycTamTru: address(temporaryResidence),
});

const kin = ({ father, mother, spouse }: JudicialRecordDeclaration, fields: MappedFields): Record<string, string> => ({
  nycHoTenCha: father?.name ?? '',
  chaNgaySinh: fields.partialDate('declaration.father.born', father?.born),
  nycHoTenMe: mother?.name ?? '',
  meNgaySinh: fields.partialDate('declaration.mother.born', mother?.born),
  nycHoTenVoChong: spouse?.name ?? '',
  voChongNgaySinh: fields.partialDate('declaration.spouse.born', spouse?.born),
});

function mandate(
  { mandate: given }: JudicialRecordDeclaration,
  wording: ApplicationWording,
  fields: MappedFields,
): Record<string, string> {
  const paper = given?.identityPaper;
  const read = {
    uyQuyen: given ? '1' : '0',
    uyQuyenHoTen: given?.name ?? '',
    nyqQuanHe: given?.relation?.code ?? '',
    nuqLoaiGiayto: paper?.type.code ?? '',
    nuqThuongTruChiTiet: given?.residence ?? '',
  };
  if (!given || !wording.mandateFlat) return read;
  return {
    ...read,
    nuqGioiTinh: given.sex ? sexCode[given.sex] : '',
    nuqTenGioiTinh: given.sex ? sexName[given.sex] : '',
    nuqNgaySinh: fields.partialDate('declaration.mandate.born', given.born),
    nuqDienThoai: given.phone ?? '',
    nuqTenLoaiGiayTo: paper?.type.name ?? '',
    nuqSoGiayTo: paper?.number ?? '',
    nuqNgayCapGiayTo: fields.partialDate('declaration.mandate.identityPaper.issuedOn', paper?.issuedOn),
    nuqNoiCapGiayTo: paper?.issuedBy ?? '',
    nuqNgayKyVanBanUyQuyen: fields.partialDate('declaration.mandate.signedOn', given.signedOn),
  };
}

const vietnam = 'Việt Nam';

/** Absent and 'VN' mean Vietnam; anything else is a country's name as declared. */
const countryName = ({ country }: Address): string =>
  !country || /^(vn|vnm|việt nam|viet nam)$/i.test(country.trim()) ? vietnam : country;

const address = (at: Address | undefined) => ({
  maTinhThanh: at?.province?.code ?? '',
  tenTinhThanh: at?.province?.name ?? '',
  maQuanHuyen: at?.district?.code ?? '',
  tenQuanHuyen: at?.district?.name ?? '',
  maPhuongXa: at?.commune?.code ?? '',
  tenPhuongXa: at?.commune?.name ?? '',
  tenQuocGia: at ? countryName(at) : '',
  dcChiTiet: at?.detail ?? '',
});

async function filesInside(application: CaseApplication, file: ReadFile, fields: MappedFields) {
  const inside: { tenLoaiFile: string; tenFile: string; noiDungFile: string }[] = [];
  for (const reference of application.documents ?? []) {
    const bytes = await heldBytes(file, reference.sha256);
    if (!bytes) fields.fault(`the hub doesn't hold the file ${reference.sha256}`);
    else
      inside.push({ tenLoaiFile: labelOf(reference), tenFile: reference.name, noiDungFile: bytes.toString('base64') });
  }
  return inside;
}

async function heldBytes(file: ReadFile, hash: string): Promise<Buffer | undefined> {
  try {
    return await file(hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'FILE_NOT_HELD') return undefined;
    throw error;
  }
}

const labelOf = ({ label, componentCode, name }: FileReference): string => label ?? componentCode ?? name;
