import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { nameOf, textAt } from '../stand-in/text-at.js';
import type { DecStatus, FirstLltpCase, FirstLltpCases, FirstLltpRecorder } from './cases.js';
import { checkRegistration, formsOf } from './check-registration.js';
import type { ProcessFirstCases } from './process-cases.schedule.js';
import type { FirstLltpWording } from './wording.js';

type Members = Record<string, unknown>;

export interface FirstLltpParts {
  cases: FirstLltpCases;
  record: FirstLltpRecorder;
  process: ProcessFirstCases;
  faults: Faults;
  wording: FirstLltpWording;
}

/** What each of the guide's functions answers. */
export class FirstLltpFunctions {
  /** What the list showed last of each case: only that is taken by an acknowledgement. */
  private readonly shown = new Map<string, DecStatus>();

  constructor(private readonly parts: FirstLltpParts) {}

  /** A case is taken once, whatever is sent under its number later. */
  nhanHoSoDangKy(body: Members): Members {
    const operation = 'nhanHoSoDangKy';
    const { cases, record, faults, wording, process } = this.parts;
    const code = this.heldAs(textAt(body, 'idReceivedDec'));
    const hash = itemHash(body);
    const no = (description: string): Members => ({ STATUS: 0, DESCRIPTION: description, ID: null });
    const forms = formsOf(body);
    const wrong = forms ? checkRegistration(body, forms) : ({ kind: 'missing', field: 'declarationWSForm' } as const);
    const text = wrong
      ? wording[wrong.kind].replace('{field}', wrong.field)
      : faults.refusal(operation, code, body)?.text;
    if (text !== undefined || !forms) {
      record.arrived(operation, code, hash, 'refused');
      return no(text ?? wording.unknownCase);
    }
    const held = cases.get(code);
    if (held) {
      record.arrived(operation, code, hash, held.hash === hash ? 'repeat' : 'refused');
      return no(wording.duplicate);
    }
    record.arrived(operation, code, hash, 'applied', {
      spelling: forms.spelling,
      formType: Number(forms.declaration['formType']),
      isBanPosition: Number(forms.declaration['isBanPosition'] ?? 0),
      received: textAt(body, 'dateReceivedDec'),
      promised: textAt(body, 'datePromissoryDec'),
      ...applicantOf(forms.declaration),
    });
    const taken = cases.get(code);
    if (taken) process.expect(taken);
    return { STATUS: 1, DESCRIPTION: wording.accepted, ID: `ENC-${hash.slice(0, 12)}` };
  }

  traTrangThaiHs(body: Members): Members {
    const held = this.parts.cases.get(this.heldAs(textAt(body, 'idReceivedDec')));
    if (!held || body['infoType'] !== 2) return { STATUS: 0, DESCRIPTION: this.parts.wording.unknownCase };
    return { STATUS: 1, DESCRIPTION: '', ...this.statusOf(held, held.status) };
  }

  /** All that isn't acknowledged yet, every time. */
  traDsTrangThaiHs(body: Members): Members {
    if (body['infoType'] !== 2) return { STATUS: 1, DESCRIPTION: '', LISTCONTENT: [] };
    const rows = this.parts.cases.news().map((held) => {
      const news = held.news ?? held.status;
      this.shown.set(held.declarationId, news);
      return {
        DECLARATION_ID: held.declarationId,
        ...this.statusOf(held, news),
        APPOINTMENT_NO: '',
        RECEIVE_NO: held.code,
      };
    });
    return { STATUS: 1, DESCRIPTION: '', LISTCONTENT: rows };
  }

  danhDauHsThanhCong(body: Members): Members {
    const ids = new Set(textAt(body, 'declarationId').split(';'));
    if (body['infoType'] === 2) {
      for (const held of this.parts.cases.news()) {
        const status = this.shown.get(held.declarationId);
        if (ids.has(held.declarationId) && status !== undefined)
          this.parts.record.acted('taken', held.code, { status });
      }
    }
    return { STATUS: 1, DESCRIPTION: this.parts.wording.taken };
  }

  traDanhMuc(body: Members): unknown[] {
    return body['infoType'] === 2 ? [{ ID: 3106, NAME: 'Việt Nam' }] : [];
  }

  /** Under which number a case is held here. */
  heldAs(code: string): string {
    return this.parts.wording.dropsPrefix ? (/(\d{6,8}-\d{4,7})$/.exec(code)?.[1] ?? code) : code;
  }

  private statusOf(held: FirstLltpCase, status: DecStatus): Members {
    return {
      DEC_STATUS_ID: status,
      DEC_STATUS_NAME: this.parts.wording.statusNames[status] ?? '',
      APPROVE_DATE: status === 5 ? held.approved : '',
      ISSUE_DATE: status === 5 ? held.issued : '',
    };
  }
}

const applicantOf = (declaration: Members): { applicantName: string | null; applicantId: string | null } => ({
  applicantName: nameOf(textAt(declaration, 'fullName')),
  applicantId: textAt(declaration, 'identifyNo') || null,
});
