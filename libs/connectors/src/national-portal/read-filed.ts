import type { CaseApplication, Coded, ContractVersion } from '#wire';

import { given } from './read-case.js';
import { reading, type PortalFault, type PortalItem } from './portal-item.js';

/** A file inside a message. That it is base64 is for whoever keeps it to find out. */
export interface FileWithin {
  /** The portal's field that holds it, for a fault. */
  field: 'TepDonDangKy' | 'TaiLieuNop';
  name: string;
  base64: string;
  label?: string;
}

/** A case that was filed on the portal, in the hub's words. */
export interface FiledCase {
  /** Again, with what was asked for; else for the first time. */
  isSupplement: boolean;
  application: Omit<CaseApplication, 'documents'>;
  files: FileWithin[];
}

/** What the portal's form doesn't say and the province's contract does. */
export interface FiledTerms {
  province: Coded;
  /** Where cases that were filed online are worked on. */
  unit: Coded;
  nameOf(procedure: string): string;
}

/** Undefined: by this contract the agency files nothing. `otherwise`: the procedure's name where the contract doesn't say it. */
export function filedTermsOf(
  { settings = {} }: Pick<ContractVersion, 'settings'>,
  otherwise?: string,
): FiledTerms | undefined {
  const coded = (name: string): Coded | undefined => {
    const [code, label] = (settings[name] ?? '').split(';').map((part) => part.trim());
    return code && label ? { code, name: label } : undefined;
  };
  const [province, unit] = [coded('door.province'), coded('filed.unit')];
  if (!province || !unit) return undefined;
  return { province, unit, nameOf: (procedure) => settings[`filed.procedure.${procedure}`] ?? otherwise ?? procedure };
}

/**
 * What the portal sends where the province is the server: the form itself with its code MaHoSo, or, when something was
 * asked for, `{ service, isUpdating, data }` whose data has the same members and names the case MaHoSoQG. That a supplement
 * carries the whole form is inferred.
 */
export function readFiled(
  members: unknown,
  terms: FiledTerms,
): { kind: 'read'; value: FiledCase } | { kind: 'faults'; faults: PortalFault[] } {
  const within = (members as { data?: unknown } | null)?.data;
  const isSupplement = within !== undefined;
  return reading(isSupplement ? within : members, (item) => {
    const { code } = item.caseCode(isSupplement ? 'MaHoSoQG' : 'MaHoSo');
    const filedAt = item.stamp('NgayNopHoSo');
    const procedure = item.text('MaTTHC');
    const name = terms.nameOf(procedure);
    return {
      isSupplement,
      application: {
        code,
        procedure: { code: procedure, name },
        channel: 'online',
        province: terms.province,
        unit: terms.unit,
        submittedAt: filedAt,
        // Nobody has received it yet; the counter's status 2 says when.
        receivedAt: filedAt,
        summary: name,
        applicant: applicantOf(item),
        returnBy: 'counter',
        status: isSupplement ? 4 : 1,
        ...given({ returnAddress: addressOf(members, isSupplement) }),
        ...(isSupplement ? { supplement: { receivedAt: filedAt } } : {}),
      },
      files: filesOf(item),
    };
  });
}

/** Whoever has a tax code is a business. */
function applicantOf(item: PortalItem): CaseApplication['applicant'] {
  const taxCode = item.optional('MaSoThue');
  return {
    name: item.text('TenThuongNhan'),
    kind: taxCode === undefined ? 'citizen' : 'business',
    ...given({
      idNumber: taxCode,
      phone: item.optional('DienThoai'),
      email: item.optional('Email'),
      portalAccount: item.optional('MaDoiTuong'),
    }),
  };
}

function addressOf(members: unknown, isSupplement: boolean): string | undefined {
  const form = (isSupplement ? (members as { data: unknown }).data : members) as Record<string, unknown>;
  const address = form['DiaChiDoanhNghiep'];
  const detail = (address as Record<string, unknown> | null | undefined)?.['DiaChiChiTiet'];
  return typeof detail === 'string' && detail.trim() !== '' ? detail.normalize('NFC') : undefined;
}

function filesOf(item: PortalItem): FileWithin[] {
  const form = item.optional('TepDonDangKy');
  const asked: FileWithin[] =
    form === undefined
      ? []
      : [{ field: 'TepDonDangKy', name: item.text('TenTepDonDangKy'), base64: form, label: 'Đơn đăng ký' }];
  const submitted = item.rows('TaiLieuNop').map((row) => ({
    field: 'TaiLieuNop' as const,
    name: row.text('TenTepDinhKem'),
    base64: row.text('Base64'),
  }));
  return [...asked, ...submitted];
}
