import type { ComparedField } from '../reconcile/line.js';

/**
 * Payloads of a case's events: the hub's own vocabulary, which every partner's message is mapped from and to.
 * Times are RFC 3339 with an offset; dates ISO 8601, partial where the paper is (1990, 1990-08, 1990-08-15).
 */
export type Channel = 'counter' | 'online' | 'post';
export type ApplicantKind = 'citizen' | 'business' | 'state-body' | 'other';
/** Ten statuses between provinces and the national portal (domain.md): 1 registered … 10 returned. */
export type CaseStatus = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export interface Coded {
  code: string;
  name: string;
}

/** A file by content: the bytes are put at /v1/files/{sha256}, never inside an event. */
export interface FileReference {
  sha256: string;
  name: string;
  mediaType: string;
  size: number;
  /** What the file is, in the catalogue's code (MaThanhPhanHoSo) where there is one. */
  componentCode?: string;
  /** What the file is, for a person ("Tờ khai", "Ảnh chụp căn cước"). */
  label?: string;
}

export interface Fee {
  code: string;
  name: string;
  /** Đồng, an integer. */
  amount: number;
  method?: string;
  kind?: string;
}

export interface Applicant {
  name: string;
  kind: ApplicantKind;
  idNumber?: string;
  phone?: string;
  email?: string;
  /** The portal's account id (TechID), where the case was filed online. */
  portalAccount?: string;
}

export interface Address {
  province?: Coded;
  district?: Coded;
  commune?: Coded;
  detail?: string;
  country?: string;
}

export interface Kin {
  name: string;
  /** Year or (partial) date of birth. */
  born?: string;
}

export interface ResidencePeriod {
  /** YYYY-MM or YYYY. */
  from: string;
  to: string;
  place: string;
  occupation?: string;
  workplace?: string;
}

/** The declaration of a citizen who asks for a judicial record, own or by mandate. */
export interface JudicialRecordDeclaration {
  recordNumber: 1 | 2;
  banFromOffice: boolean;
  purpose: Coded;
  otherPurpose?: string;
  copies: number;
  name: string;
  otherName?: string;
  sex: 'male' | 'female';
  born: string;
  birthPlace: Address;
  nationality: Coded;
  ethnicity: Coded;
  permanentResidence: Address;
  temporaryResidence?: Address;
  identityPaper: { type: Coded; number: string; issuedOn: string; issuedBy: string };
  phone?: string;
  email?: string;
  father?: Kin;
  mother?: Kin;
  spouse?: Kin;
  residences: ResidencePeriod[];
  payerClass: Coded;
  convictions?: string;
  mandate?: {
    name: string;
    sex?: 'male' | 'female';
    born?: string;
    phone?: string;
    identityPaper?: { type: Coded; number: string; issuedOn?: string; issuedBy?: string };
    relation?: Coded;
    residence?: string;
    signedOn?: string;
  };
}

/** `case.received` and `case.supplemented`: the case in full, as it now stands at the counter. */
export interface CaseApplication {
  code: string;
  procedure: Coded;
  field?: Coded;
  channel: Channel;
  province: Coded;
  unit: Coded;
  submittedAt: string;
  receivedAt: string;
  /** Absent where the procedure has no term. */
  dueAt?: string;
  summary: string;
  applicant: Applicant;
  /** How the result is to be handed over. */
  returnBy: 'counter' | 'post';
  returnAddress?: string;
  status?: CaseStatus;
  fees?: Fee[];
  documents?: FileReference[];
  declaration?: JudicialRecordDeclaration;
  /** Only in `case.supplemented`: what was asked for and what came. */
  supplement?: { requestedAt?: string; request?: string; receivedAt: string; note?: string; previousDueAt?: string };
}

/** `case.status-changed`: one progress row. */
export interface StatusChange {
  status: CaseStatus;
  at: string;
  officer?: { name: string; position?: string; department?: string };
  note?: string;
  /** Why, for 3 (not received) and 5 (supplement wanted). */
  reason?: string;
  startedAt?: string;
  dueAt?: string;
  /** When the work ended, where this status ends it (9, 10). */
  finishedAt?: string;
}

export interface JudicialRecordResult {
  number: string;
  issuedOn: string;
  recordNumber: 1 | 2;
  preparedBy?: string;
  signedBy?: string;
  signerPosition?: string;
  convictionStatus: Coded;
  banFromOffice?: Coded;
  convictions: Record<string, unknown>[];
  bans: Record<string, unknown>[];
}

/** `case.result-issued`: always with status 9. A signed document passes byte for byte, by its hash. */
export interface ResultIssued {
  status: 9;
  at: string;
  documents: FileReference[];
  judicialRecord?: JudicialRecordResult;
}

/** `case.result-revoked`: a result that was returned is withdrawn by decision. */
export interface ResultRevoked {
  at: string;
  reason: string;
  decision: { number: string; date: string; summary?: string };
  document?: FileReference;
}

/** `case.merged`: another code was found to be this case. Its events up to this sequence came before. */
export interface CaseMerged {
  code: string;
  /** Its last event, and that event's hash, hex: the other chain is proved by this one. */
  sequence: number;
  headHash: string;
}

/**
 * `case.correction-asked`: a reconciliation found that an agency's books and the hub's say different things of the case, and
 * only whoever entered it knows which is right. It is answered by `case.supplemented` with what is right, changed or not.
 */
export interface CorrectionAsked {
  /** Number of the discrepancy at the hub: `lienthong discrepancies show`. */
  discrepancy: string;
  /** Whose books differ from ours, and the code under which the case stands there. */
  agency: string;
  key: string;
  /** Names, identity numbers and numbers of results are masked on both sides. null: that side says that there is none. */
  fields: { name: ComparedField; ours: string | null; theirs: string | null }[];
  reason: { vi: string; en: string };
  /** In the words of the person who asked. */
  note?: string;
}

export interface CaseWithdrawn {
  status: 7;
  at: string;
  reason?: string;
}
