import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { nameOf, textAt } from '../stand-in/text-at.js';
import type { MinistryCases, StoodAt } from './cases.js';
import { checkCase, checkProgress, checkStatus, membersOf, rowsOf, type Members, type Papers } from './check-case.js';
import type { MinistryWording } from './wording.js';

/** What the ministry says: `code` stands in the body, `http` on the line. */
export interface Said {
  http: number;
  code: number;
  message: string;
  data?: object | null;
}

/** The steps that give the ministry a case and where it stands. A list is taken whole or refused whole. */
export class TakeCases implements Papers {
  constructor(
    readonly cases: MinistryCases,
    private readonly faults: Faults,
    readonly wording: MinistryWording,
  ) {}

  create(item: Members): Said {
    const operation = 'NoiHoSo';
    const code = textAt(item, 'MaHoSo');
    const hash = itemHash(withoutIssued(item));
    const wrong =
      checkCase(item, this) ??
      (this.cases.isIssued(code) ? undefined : this.wording.notIssued) ??
      this.faults.refusal(operation, code, item)?.text;
    if (wrong !== undefined) return this.refused([{ operation, code, hash }], wrong);
    const held = this.cases.get(code);
    if (held) {
      this.cases.record({ operation, code, hash, effect: held.hash === hash ? 'repeat' : 'refused' });
      return { http: this.wording.duplicateStatus, code: 409, message: this.wording.duplicate };
    }
    const idHoSo = `HS-${code}`;
    const files = rowsOf(item['ThanhPhanHoSo']).flatMap(({ GiayToDinhKem }) => idsOf(GiayToDinhKem));
    this.cases.record({ operation, code, hash, effect: 'applied', kept: { idHoSo, files, stands: standsOf(item) } });
    return this.done({ idHoSo, maHoSo: code });
  }

  /** Rows have no key: the same row again is another row. */
  progress(rows: Members[]): Said {
    const arrived = this.arrivals('CapNhatTienTrinh', 'IDHoSo', rows, (row) => checkProgress(row, this));
    if ('http' in arrived) return arrived;
    for (const { row: _, ...one } of arrived.rows) this.cases.record({ ...one, effect: 'applied' });
    return this.done();
  }

  status(rows: Members[]): Said {
    const arrived = this.arrivals('CapNhatTrangThai', 'IdHoSo', rows, (row) => checkStatus(row, this));
    if ('http' in arrived) return arrived;
    for (const { row, ...one } of arrived.rows) {
      const isRepeat = this.cases.get(one.code)?.statusHash === one.hash;
      const files = idsOf(row['DanhSachGiayToKetQua']);
      this.cases.record({
        ...one,
        effect: isRepeat ? 'repeat' : 'applied',
        status: Number(row['TrangThai']),
        kept: { files, ...finishedBy(row) },
      });
    }
    return this.done();
  }

  private arrivals(
    operation: string,
    idMember: string,
    rows: Members[],
    check: (row: Members) => string | undefined,
  ): { rows: { operation: string; code: string; hash: string; row: Members }[] } | Said {
    const arrived = rows.map((row) => ({
      operation,
      code: textAt(row, 'MaHoSo'),
      hash: itemHash(withoutIssued(row)),
      row,
    }));
    if (arrived.length === 0) return this.refused([], this.wording.missing);
    for (const { code, row } of arrived) {
      const held = this.cases.get(code);
      // Inferred: the case is found by its code, and an id is compared where there is one.
      const id = textAt(row, idMember);
      const wrong =
        (held && (id === '' || id === held.idHoSo) ? undefined : this.wording.unknownCase) ??
        check(row) ??
        this.faults.refusal(operation, code, row)?.text;
      if (wrong !== undefined) return this.refused(arrived, wrong);
    }
    return { rows: arrived };
  }

  private refused(arrived: { operation: string; code: string; hash: string }[], message: string): Said {
    for (const { operation, code, hash } of arrived) this.cases.record({ operation, code, hash, effect: 'refused' });
    return { http: 400, code: 400, message };
  }

  private done(data: object | null = null): Said {
    return { http: 200, code: 200, message: this.wording.done, data };
  }
}

const idsOf = (papers: unknown): string[] => rowsOf(papers).map((paper) => textAt(paper, 'IdGiayTo'));

const isoDay = (text: string): string | null => (text === '' ? null : text.slice(0, 10));

function standsOf(item: Members): StoodAt {
  const receivedOn = isoDay(textAt(item, 'NgayTiepNhan'));
  return {
    receivedOn: receivedOn ?? '1970-01-01',
    fields: {
      procedure: textAt(item, 'MaTTHC') || null,
      receivedOn,
      dueOn: isoDay(textAt(item, 'NgayHenTra')),
      applicantName: nameOf(textAt(item, 'ChuHoSo')),
      applicantId: textAt(submitterOf(item), 'SoDinhDanhChuHs') || null,
    },
  };
}

/** A status row says its day only where it ends the case. */
const finishedBy = (row: Members): { finishedOn?: string } => {
  const day = isoDay(textAt(row, 'NgayKetThucXuLy') || textAt(row, 'NgayTra'));
  return day === null ? {} : { finishedOn: day };
};

const issuedMembers = ['MaHoSo', 'IdHoSo', 'IDHoSo', 'IdGiayTo'];

/** An item as the sender knew it before the ministry issued anything: what both sides can compare. */
function withoutIssued(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIssued);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(membersOf(value)).flatMap(([name, member]) =>
      issuedMembers.includes(name) ? [] : [[name, withoutIssued(member)]],
    ),
  );
}

function submitterOf(item: Members): Members {
  const { ThongTinChiTiet: details = {} } = (item['ThongTinNguoiNop'] ?? {}) as { ThongTinChiTiet?: Members };
  return details;
}
