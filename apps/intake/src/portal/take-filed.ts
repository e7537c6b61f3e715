import { filedTermsOf, portalFieldOf, readFiled, type FiledCase, type PortalFault } from '#connectors';
import { keepFile, procedureNameFor, senderViews, today, type ContractBook, type Database } from '#ledger';
import { itemHash, problems, type FileReference, type Json } from '#wire';
import type { Refusal } from '../admit/refusal.js';
import type { EnterReport, Outcome } from '../enter/enter-report.js';
import type { Report } from '../enter/to-entry-item.js';
import { fileWithin } from '../files/within-a-message.js';
import { filedWords, filled, words } from './wording.js';

export interface FiledAnswer {
  status: 200 | 401 | 503;
  /** -1: not taken; 0: created; 1: the hub has this very form already. */
  body: { error_code: -1 | 0 | 1; message: string };
}

interface Ports {
  db: Database;
  book: ContractBook;
  enterReport: EnterReport;
}

/** Whoever is overtaken this often shares its case with a flood: it is told to come again. */
const MOST_LOOKS = 5;

/** Cases that citizens filed on the portal: there the province is the server, and answers in the portal's words. */
export class TakeFiled {
  constructor(private readonly ports: Ports) {}

  async run(agency: string, body: unknown): Promise<FiledAnswer> {
    const contract = this.ports.book.version(agency, today());
    const terms = contract && filedTermsOf(contract, await this.nameIn(body));
    if (!terms) return failed('', words.notOpen);
    const read = readFiled(body, terms);
    if (read.kind === 'faults') return failed(codeSaid(body), toldOf(read.faults));
    const { code } = read.value.application;
    const documents = await this.keep(read.value);
    if ('field' in documents) return failed(code, toldOf([documents]));
    const outcome = await this.enter(agency, read.value, documents, body);
    if (outcome.kind === 'refused') return refusedAs(code, outcome.refusal);
    const isNew = outcome.status === 202;
    if (read.value.isSupplement) return answer(0, code, filedWords.supplemented);
    return isNew ? answer(0, code, filedWords.created) : answer(1, code, filedWords.known);
  }

  /** A supplement is compared with what this sender said last: sent again it is a receipt, gone back to it is news. */
  private async enter(agency: string, filed: FiledCase, documents: FileReference[], came: unknown): Promise<Outcome> {
    const { db, enterReport } = this.ports;
    const report = { ...reportOf(agency, filed, documents), came };
    if (!filed.isSupplement) return enterReport.run(report, 'portal');
    for (let look = 1; ; look++) {
      const said = (await senderViews(db, agency, [report.code])).get(report.code)?.state ?? null;
      const compared = { with: said, isNews: said !== report.state };
      const outcome = await enterReport.run({ ...report, compared }, 'portal');
      if (outcome.kind === 'held' || !outcome.isOvertaken || look === MOST_LOOKS) return outcome;
    }
  }

  /** By its contract's own word first; what this finds is for a contract that names no such procedure. */
  private async nameIn(body: unknown): Promise<string | undefined> {
    const code = codeSaid(body);
    const procedure = procedureSaid(body);
    return procedure === '' ? undefined : procedureNameFor(this.ports.db, code, procedure);
  }

  /** Before the event, so that none names bytes that aren't there. */
  private async keep({ files }: FiledCase): Promise<FileReference[] | PortalFault> {
    const read = [];
    for (const { field, name, base64, label } of files) {
      const file = fileWithin(name, base64);
      if (!file) return { field, rule: 'malformed' };
      read.push({ ...file, reference: { ...file.reference, ...(label === undefined ? {} : { label }) } });
    }
    for (const { bytes, reference } of read) await keepFile(this.ports.db, { ...reference, bytes });
    return read.map(({ reference }) => reference);
  }
}

/** A form has the key that POST /v1/cases would give it; of a supplement the ledger makes one. */
function reportOf(sender: string, { application, isSupplement }: FiledCase, documents: FileReference[]): Report {
  const { code } = application;
  const data = { ...application, ...(documents.length > 0 ? { documents } : {}) } as unknown as Json;
  const at = { data: '', code: '/code' } as const;
  const state = `filed1 ${itemHash(data)}`;
  return isSupplement
    ? { sender, key: null, type: 'vn.lienthong.case.supplemented.v1', code, data, at, state }
    : { sender, key: `case:${code}`, type: 'vn.lienthong.case.received.v1', code, data, at, state };
}

const answer = (error_code: FiledAnswer['body']['error_code'], code: string, text: string): FiledAnswer => ({
  status: 200,
  body: { error_code, message: `${code}| ${text}` },
});
const failed = (code: string, text: string): FiledAnswer => answer(-1, code, text);

const toldOf = (faults: readonly PortalFault[]): string =>
  faults.map(({ field, rule }) => filled(words[rule], { field })).join('; ');

/** Where each of our members stands in the form. */
const fields: Readonly<Record<string, string>> = {
  '/applicant/name': 'TenThuongNhan',
  '/applicant/idNumber': 'MaSoThue',
  '/applicant/phone': 'DienThoai',
  '/returnAddress': 'DiaChiDoanhNghiep',
  '/submittedAt': 'NgayNopHoSo',
  '/receivedAt': 'NgayNopHoSo',
  '/documents': 'TaiLieuNop',
};

function refusedAs(code: string, refusal: Refusal): FiledAnswer {
  switch (refusal.code) {
    case 'unavailable':
    case 'internal':
      return { ...failed(code, words.busy), status: 503 };
    case 'conflicting-body':
      return failed(code, filedWords.other);
    case 'unknown-case':
      return failed(code, filled(words.unknownCase, { code }));
    case 'undeclared-procedure':
      return failed(code, words.badProcedure);
    case 'invalid-case-code':
      return failed(code, filled(words.malformed, { field: 'MaHoSo' }));
    case 'invalid-payload': {
      const named = (refusal.faults ?? []).map(({ path }) => fieldOf(path));
      return failed(code, [...new Set(named)].map((field) => filled(words.malformed, { field })).join('; '));
    }
    case 'status-cannot-follow':
      return failed(code, filedWords.over);
    default:
      return failed(code, problems[refusal.code].vi);
  }
}

const fieldOf = (path: string): string =>
  Object.entries(fields).find(([place]) => path === place || path.startsWith(`${place}/`))?.[1] ??
  portalFieldOf('case', path);

/** What comes before the door has anything to do with a form: no key, a body that can't be read, a ledger that is away. */
export function filedRefusal({ code }: Refusal): FiledAnswer {
  if (code === 'unavailable' || code === 'internal') return { ...failed('', words.busy), status: 503 };
  const isStranger = code === 'missing-credentials' || code === 'wrong-credentials';
  return { ...failed('', problems[code].vi), ...(isStranger ? { status: 401 } : {}) };
}

function procedureSaid(body: unknown): string {
  const { MaTTHC, data } = (body ?? {}) as { MaTTHC?: unknown; data?: { MaTTHC?: unknown } | null };
  const said = data === undefined ? MaTTHC : data?.MaTTHC;
  return typeof said === 'string' && /^[0-9A-Z.]{1,50}$/.test(said) ? said : '';
}

/** Only what may be a code is said back. */
function codeSaid(body: unknown): string {
  const { MaHoSo, data } = (body ?? {}) as { MaHoSo?: unknown; data?: { MaHoSoQG?: unknown } | null };
  const said = MaHoSo ?? data?.MaHoSoQG;
  return typeof said === 'string' && /^[A-Z0-9.-]{1,60}$/.test(said) ? said : '';
}
