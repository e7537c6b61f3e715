import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseAgencyFile, type CaseApplication, type ContractVersion, type EventType } from '#wire';

import type { OutgoingEvent, ReadFile, SendContext } from './connector.js';

const project = join(import.meta.dirname, '..', '..', '..');

/** A partner's message as its source has it. */
export const sample = <T = Record<string, unknown>>(path: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'samples', path), 'utf8')) as T;

/** The demo's newest contract of an agency (`lltp-gen1`: the one before its owner changed), its address changed to where a spec's partner listens. */
export function contractOf(agency: string, baseUrl?: string, more: Partial<ContractVersion> = {}): ContractVersion {
  const folder = ['bo-noi-vu', 'vneid'].includes(agency) ? 'agencies-more' : 'agencies';
  const isFirst = agency === 'lltp-gen1';
  const file = join(project, 'deploy', 'provinces', 'demo', folder, `${isFirst ? 'lltp' : agency}.yaml`);
  const contract = parseAgencyFile(readFileSync(file, 'utf8'), {}).versions.at(isFirst ? 0 : -1);
  if (!contract) throw new Error(`no contract: ${agency}`);
  const endpoint = contract.endpoint && baseUrl ? { endpoint: { ...contract.endpoint, baseUrl } } : {};
  return { ...contract, ...endpoint, ...more };
}

/** The demo's catalogue: 0 its portal version, 1 that of 2026. */
export function procedureContract(version: number, baseUrl: string): ContractVersion {
  const file = join(project, 'deploy', 'provinces', 'demo', 'agencies-more', 'csdl-tthc.yaml');
  const contract = parseAgencyFile(readFileSync(file, 'utf8'), {}).versions[version]!;
  return { ...contract, endpoint: { ...contract.endpoint!, baseUrl } };
}

export const pdf = Buffer.from('JVBERi0xLjQKJSBzeW50aGV0aWMgc2FtcGxlCiUlRU9GCg==', 'base64');
export const pdfHash = createHash('sha256').update(pdf).digest('hex');
const notHeld = (): Error => Object.assign(new Error('file not held'), { code: 'FILE_NOT_HELD' });
export const holdingPdf: ReadFile = (hash) => (hash === pdfHash ? Promise.resolve(pdf) : Promise.reject(notHeld()));

/** The hub's words for the application that flow (b)'s sample shows. */
export const recordCase: CaseApplication = {
  code: 'H56.14-241112-0009',
  procedure: { code: '2.000488', name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam' },
  channel: 'online',
  province: { code: '38', name: 'Thanh Hóa' },
  unit: { code: 'H56.14', name: 'Sở Tư pháp' },
  submittedAt: '2024-11-11T22:00:00Z',
  // Past midnight in Vietnam, still the day before in UTC.
  receivedAt: '2024-11-11T17:30:00Z',
  dueAt: '2024-11-22T17:00:00+07:00',
  summary: 'Đề nghị cấp Phiếu lý lịch tư pháp số 1',
  applicant: { name: 'NGUYỄN THỊ MẪU ĐƠN', kind: 'citizen', idNumber: '038190000123' },
  returnBy: 'post',
  documents: [
    { sha256: pdfHash, name: 'to-khai.pdf', mediaType: 'application/pdf', size: pdf.length, label: 'Tờ khai' },
  ],
  declaration: {
    recordNumber: 1,
    banFromOffice: false,
    purpose: { code: '01', name: 'Xin việc làm' },
    copies: 1,
    name: 'NGUYỄN THỊ MẪU ĐƠN',
    sex: 'female',
    born: '1990-08-15',
    birthPlace: { country: 'VN' },
    nationality: { code: 'VN', name: 'Việt Nam' },
    ethnicity: { code: '01', name: 'Kinh' },
    permanentResidence: {
      province: { code: '38', name: 'Thanh Hóa' },
      commune: { code: '14758', name: 'Phường Thử Nghiệm' },
      detail: 'Số 1 đường Mẫu',
    },
    temporaryResidence: {
      province: { code: '38', name: 'Thanh Hóa' },
      commune: { code: '14758', name: 'Phường Thử Nghiệm' },
      detail: 'Số 1 đường Mẫu',
    },
    identityPaper: {
      type: { code: '3', name: 'Căn cước công dân' },
      number: '038190000123',
      issuedOn: '2022-02-01',
      issuedBy: 'Cục Cảnh sát QLHC về TTXH',
    },
    phone: '0900000123',
    father: { name: 'Nguyễn Văn Cha', born: '1960' },
    mother: { name: 'Trần Thị Mẹ', born: '1963' },
    residences: [{ from: '2004-09', to: '2012-08', place: 'Xã Giả Định, tỉnh Thanh Hóa', occupation: 'Học sinh' }],
    payerClass: { code: '1', name: 'Đối tượng thông thường' },
    convictions: 'Không',
  },
};

/** The hub's words for the case that the portal's samples show. */
export const portalCase: CaseApplication = {
  code: 'H56.14-250812-0007',
  procedure: { code: '2.000488', name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam' },
  field: { code: 'G15-TP10', name: 'Lý lịch tư pháp' },
  channel: 'counter',
  province: { code: '38', name: 'Thanh Hóa' },
  unit: { code: 'H56.14', name: 'Trung tâm Phục vụ hành chính công tỉnh Mẫu' },
  submittedAt: '2025-08-12T08:05:00+07:00',
  receivedAt: '2025-08-12T01:10:00Z',
  dueAt: '2025-08-26T17:00:00+07:00',
  summary: 'Đề nghị cấp Phiếu lý lịch tư pháp số 1',
  applicant: {
    name: 'Nguyễn Thị Mẫu Đơn',
    kind: 'citizen',
    idNumber: '079200000123',
    phone: '0900000123',
    email: 'mau.don@example.invalid',
    portalAccount: 'only-sent-for-cases-filed-online',
  },
  returnBy: 'post',
  fees: [
    { code: 'PHI-MAU-1', name: 'Phí cung cấp thông tin lý lịch tư pháp', amount: 200_000, method: '1', kind: '1' },
  ],
  documents: [
    {
      sha256: pdfHash,
      name: 'Tờ khai.pdf',
      mediaType: 'application/pdf',
      size: pdf.length,
      componentCode: 'KQ.G15.900001',
    },
  ],
};

/** A copy without these members. */
export function without<T extends object, K extends keyof T>(value: T, ...names: K[]): Omit<T, K> {
  const copy = { ...value };
  for (const name of names) delete copy[name];
  return copy;
}

type Short = 'received' | 'supplemented' | 'status-changed' | 'withdrawn' | 'result-issued' | 'result-revoked';

export function outgoing(what: Short, application: CaseApplication, more: Partial<OutgoingEvent> = {}): OutgoingEvent {
  const type: EventType = `vn.lienthong.case.${what}.v1`;
  return {
    eventId: '3d3a1f5e-0d8f-5f0e-9d55-3f7b8a6c2e10',
    type,
    caseCode: application.code,
    sequence: 1,
    revision: 1,
    sender: 'mot-cua',
    recordedAt: '2025-08-12T01:10:05.000Z',
    data: application,
    application,
    status: 2,
    ...more,
    dataText: JSON.stringify(more.data ?? application),
  };
}

export const secrets: Record<string, string> = {
  LLTP_KEY: 'key-of-lltp',
  LLTP_GEN1_SECRET: 'secret-of-first-lltp',
  CONG_DVC_PASSWORD: 'password-of-portal',
  MOT_CUA_INBOUND_KEY: 'token-of-mot-cua',
  BO_NOI_VU_SECRET: 'secret-of-bo-noi-vu',
  WEBHOOK_NEW: `whsec_${Buffer.alloc(32, 'new').toString('base64')}`,
  WEBHOOK_OLD: `whsec_${Buffer.alloc(24, 'old').toString('base64')}`,
};

export const sending = (contract: ContractVersion, more: Partial<SendContext> = {}): SendContext => ({
  contract,
  timeoutMs: 5_000,
  secret: (name) => {
    const value = secrets[name];
    if (value === undefined) throw new Error('no such secret');
    return value;
  },
  asUpdate: false,
  key: '3d3a1f5e-0d8f-5f0e-9d55-3f7b8a6c2e10.1',
  ...more,
});
