import { createHash } from 'node:crypto';

import type {
  CaseStatus,
  Coded,
  FileReference,
  Json,
  JudicialRecordResult,
  ResultIssued,
  ResultRevoked,
  StatusChange,
} from '#wire';

import type { Collected, Reported } from '../connector.js';
import { endOfDay, fromDayMonthYear, toRfc3339 } from '../field-formats.js';

type Members = Record<string, unknown>;
type File = Reported['files'][number];

/**
 * Flow (c), one case: what its row says, oldest first, ending in the present state. A 9 whose record isn't there yet
 * isn't reported: it would end the asking before the record comes.
 */
export function readResult(answer: unknown, caseCode: string, now: number): Collected {
  const row = rowOf(answer, caseCode);
  if (!row) return { kind: 'not-yet' };
  const status = Number(row['trangThaiXuLy']);
  if (!isStatus(status)) return malformed('trangThaiXuLy');
  const result = membersOf(row['ketQuaXuLy']);
  const documentText = textOf(result?.['phieuLLTP']);
  if (status < 9 || !result || documentText === '') {
    if (status === 9) return { kind: 'not-yet' };
    return { kind: 'reported', reports: [statusReport(status, caseCode, reasonOf(row, answer), now)] };
  }
  const record = readRecord(result);
  if (typeof record === 'string') return malformed(record);
  const document = fileOf(
    documentText,
    `phieu-lltp-${fileName(record.number)}`,
    `Phiếu lý lịch tư pháp số ${record.recordNumber}`,
  );
  if (!document) return malformed('phieuLLTP');

  const state = ['result', record.number, document.reference.sha256].join(' ');
  const reports: Reported[] = [issuedReport(caseCode, record, document, `9 ${state}`, now)];
  if (status === 10) reports.push({ ...statusReport(10, caseCode, '', now), state: `10 ${state}` });
  const decision = membersOf(result['quyetDinhThuHoi']);
  if (!decision) return { kind: 'reported', reports };
  const revoked = revokedReport(caseCode, decision, now);
  if (typeof revoked === 'string') return malformed(revoked);
  return { kind: 'reported', reports: [...reports, revoked] };
}

/** The row of this case, if the partner has it. */
export function rowOf(answer: unknown, caseCode: string): Members | undefined {
  const rows = membersOf(answer)?.['value'];
  if (!Array.isArray(rows)) return undefined;
  return rows.map(membersOf).find((row) => row?.['maHoSoMCDT'] === caseCode);
}

const isStatus = (status: number): status is CaseStatus => Number.isInteger(status) && status >= 1 && status <= 10;

/** Names the field, not its value. Asked again later: the partner may have repaired it. */
const malformed = (field: string): Collected => ({ kind: 'busy', reason: `the answer's ${field} can't be read` });

/** For 3 and 5. Flow (d) has lyDoTuChoi; in flow (c) the description is the only text there is. */
function reasonOf(row: Members, answer: unknown): string {
  const status = Number(row['trangThaiXuLy']);
  if (status !== 3 && status !== 5) return '';
  return textOf(row['lyDoTuChoi']) || textOf(membersOf(answer)?.['statusDescription']);
}

function statusReport(status: CaseStatus, caseCode: string, reason: string, now: number): Reported {
  const data: StatusChange = { status, at: toRfc3339(now), ...(reason ? { reason } : {}) };
  return {
    type: 'vn.lienthong.case.status-changed.v1',
    caseCode,
    data: json(data),
    state: reason ? `${status} ${sha256(Buffer.from(reason))}` : String(status),
    files: [],
  };
}

function issuedReport(
  caseCode: string,
  record: JudicialRecordResult,
  document: Kept,
  state: string,
  now: number,
): Reported {
  // The partner names the day only: not later than its end, so that asking late makes no case late.
  const at = toRfc3339(Math.min(now, endOfDay(record.issuedOn)));
  const data: ResultIssued = { status: 9, at, documents: [document.reference], judicialRecord: record };
  return { type: 'vn.lienthong.case.result-issued.v1', caseCode, data: json(data), state, files: [document.file] };
}

function revokedReport(caseCode: string, decision: Members, now: number): Reported | string {
  const date = fromDayMonthYear(textOf(decision['NgayQuyetDinh']));
  if (!date) return 'NgayQuyetDinh';
  const number = textOf(decision['SoQuyetDinh']);
  const reason = textOf(decision['LyDoThuHoi']);
  if (number === '') return 'SoQuyetDinh';
  if (reason === '') return 'LyDoThuHoi';
  const summary = textOf(decision['TrichYeuQuyetDinh']);
  const text = textOf(decision['FileQuyetDinh']);
  const document =
    text === '' ? undefined : fileOf(text, `quyet-dinh-thu-hoi-${fileName(number)}`, 'Quyết định thu hồi');
  if (text !== '' && !document) return 'FileQuyetDinh';
  const data: ResultRevoked = {
    at: toRfc3339(now),
    reason,
    decision: { number, date, ...(summary ? { summary } : {}) },
    ...(document ? { document: document.reference } : {}),
  };
  return {
    type: 'vn.lienthong.case.result-revoked.v1',
    caseCode,
    data: json(data),
    // Whatever the status is meanwhile: told again after the case was handed over, it is the same revocation.
    state: ['revoked', number, date, document?.reference.sha256 ?? '-'].join(' '),
    files: document ? [document.file] : [],
  };
}

/** The record's own data, or the name of the field that can't be read. */
function readRecord(result: Members): JudicialRecordResult | string {
  const issuedOn = fromDayMonthYear(textOf(result['ngayCapPhieu']));
  if (!issuedOn) return 'ngayCapPhieu';
  const recordNumber = Number(result['loaiPhieu']);
  if (recordNumber !== 1 && recordNumber !== 2) return 'loaiPhieu';
  const number = textOf(result['soPhieuLLTP']);
  if (number === '') return 'soPhieuLLTP';
  const convictionStatus = codedOf(result['tinhTrangAnTich'], result['tenTinhTrangAnTich']);
  if (!convictionStatus) return 'tinhTrangAnTich';
  const banFromOffice = codedOf(result['thongTinCDNCV'], result['tenThongTinCDNCV']);
  return {
    number,
    issuedOn,
    recordNumber,
    ...optional('preparedBy', result['nguoiLapPhieu']),
    ...optional('signedBy', result['nguoiKy']),
    ...optional('signerPosition', result['chucVu']),
    convictionStatus,
    ...(banFromOffice ? { banFromOffice } : {}),
    convictions: rowsOf(result['thongTinAn']),
    bans: rowsOf(result['dsCDNCV']),
  };
}

interface Kept {
  reference: FileReference;
  file: File;
}

/** Byte for byte what the partner encoded; undefined where it isn't strict base64, since a lax reader would change a signed file. */
function fileOf(text: string, name: string, label: string): Kept | undefined {
  const compact = text.replace(/\s+/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact, 'base64');
  const isPdf = bytes.subarray(0, 5).toString('latin1') === '%PDF-';
  const mediaType = isPdf ? 'application/pdf' : 'application/octet-stream';
  const hash = sha256(bytes);
  return {
    reference: { sha256: hash, name: `${name}${isPdf ? '.pdf' : ''}`, mediaType, size: bytes.length, label },
    file: { sha256: hash, mediaType, bytes },
  };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const fileName = (number: string): string => number.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
const membersOf = (value: unknown): Members | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : undefined;
const rowsOf = (value: unknown): Members[] =>
  Array.isArray(value) ? value.map(membersOf).filter((row) => row !== undefined) : [];
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.normalize('NFC').trim() : typeof value === 'number' ? String(value) : '';
/** A code without a name is its own name. */
const codedOf = (code: unknown, name: unknown): Coded | undefined =>
  textOf(code) ? { code: textOf(code), name: textOf(name) || textOf(code) } : undefined;
const optional = <K extends string>(name: K, value: unknown): Partial<Record<K, string>> =>
  textOf(value) ? ({ [name]: textOf(value) } as Partial<Record<K, string>>) : {};
/** What was built from typed members is JSON: convictions and bans came out of JSON.parse. */
const json = (value: StatusChange | ResultIssued | ResultRevoked): Json => value as unknown as Json;
