import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { dayOfStamp, timeOfStamp } from '../stand-in/real-dates.js';
import { nameOf, textAt } from '../stand-in/text-at.js';
import { checkCaseItem, checkProgressRow, checkStatusItem } from './check-case-item.js';
import type { PortalCases, StoodAt } from './cases.js';
import { filled, type PortalWording } from './wording.js';

type Item = Record<string, unknown>;
/** What the portal answers; `code` is written as text or number by its mood. */
export interface Answer {
  code: string;
  message?: string;
  result?: object[];
}

const mostProgressRows = 10;

/** The portal's sending services. A request is taken whole or refused whole: no answer tells rows apart. */
export class SyncCases {
  constructor(
    private readonly cases: PortalCases,
    private readonly faults: Faults,
    private readonly wording: PortalWording,
  ) {}

  run(body: Item): Answer {
    const data = body['data'];
    switch (body['service']) {
      case 'DongBoHoSoMC':
        if (body['isUpdating'] === 'True') return this.update(rowsOf(data));
        if (body['isUpdating'] === 'False') return this.add(rowsOf(data));
        return this.refused(filled(this.wording.malformed, { field: 'isUpdating' }));
      case 'CapNhatTienDoHoSoMC':
        return 'isUpdating' in body
          ? this.refused(filled(this.wording.malformed, { field: 'isUpdating' }))
          : this.progress(rowsOf(data));
      case 'DongBoTrangThaiHoSo':
        return this.status(body['type'], data);
      default:
        return this.refused(this.wording.unknownService);
    }
  }

  private add(rows: Item[]): Answer {
    const wrong = this.check('DongBoHoSoMC', rows, (row) => checkCaseItem(row, this.wording));
    if (wrong) return wrong;
    const known = rows.find((row) => this.cases.get(codeOf(row)) !== undefined);
    if (known) {
      for (const row of rows) {
        const held = this.cases.get(codeOf(row));
        const hash = itemHash(row);
        this.cases.record(
          'DongBoHoSoMC',
          codeOf(row),
          hash,
          held?.hashes.includes(hash) ? 'repeat' : 'refused',
          held?.status,
        );
      }
      return { code: this.wording.duplicateCode, message: filled(this.wording.duplicate, { code: codeOf(known) }) };
    }
    for (const row of rows)
      this.cases.record(
        'DongBoHoSoMC',
        codeOf(row),
        itemHash(row),
        'applied',
        Number(row['TrangThaiHoSo']),
        papersOf(row),
      );
    return { code: '0', message: this.wording.accepted };
  }

  /** An update replaces the whole state, whatever stood before: an older one that comes late is applied too. */
  private update(rows: Item[]): Answer {
    const wrong = this.check('DongBoHoSoMC', rows, (row) => checkCaseItem(row, this.wording) ?? this.unknown(row));
    if (wrong) return wrong;
    for (const row of rows) {
      const hash = itemHash(row);
      const status = Number(row['TrangThaiHoSo']);
      const held = this.cases.get(codeOf(row));
      const changes = held?.hash !== hash || held.status !== status;
      this.cases.record('DongBoHoSoMC', codeOf(row), hash, changes ? 'applied' : 'repeat', status, papersOf(row));
    }
    return { code: '0', message: this.wording.accepted };
  }

  private progress(rows: Item[]): Answer {
    if (rows.length > mostProgressRows)
      return this.refused(filled(this.wording.tooManyRows, { most: mostProgressRows }), 'CapNhatTienDoHoSoMC', rows);
    const wrong = this.check(
      'CapNhatTienDoHoSoMC',
      rows,
      (row) => checkProgressRow(row, this.wording) ?? this.unknown(row),
    );
    if (wrong) return wrong;
    for (const row of rows)
      this.cases.record('CapNhatTienDoHoSoMC', codeOf(row), itemHash(row), 'applied', Number(row['TrangThai']), {
        on: dayOfStamp(textAt(row, 'ThoiDiemXuLy')),
        at: timeOfStamp(textAt(row, 'ThoiDiemXuLy')),
      });
    return { code: '0', message: this.wording.progressAccepted };
  }

  private status(type: unknown, data: unknown): Answer {
    const item = data !== null && typeof data === 'object' && !Array.isArray(data) ? (data as Item) : undefined;
    if (type !== '2' || !item)
      return this.refused(filled(this.wording.malformed, { field: type === '2' ? 'data' : 'type' }));
    const wrong = this.check('DongBoTrangThaiHoSo', [item], (row) => checkStatusItem(row, this.wording));
    if (wrong) return wrong;
    const hash = itemHash(item);
    const repeat = this.cases.filed(codeOf(item))?.hash === hash;
    this.cases.record(
      'DongBoTrangThaiHoSo',
      codeOf(item),
      hash,
      repeat ? 'repeat' : 'applied',
      Number(item['TrangThai']),
    );
    return { code: '0', message: this.wording.statusAccepted };
  }

  private check(operation: string, rows: Item[], wrongWith: (row: Item) => string | undefined): Answer | undefined {
    if (rows.length === 0) return this.refused(filled(this.wording.missing, { field: 'data' }));
    for (const row of rows) {
      const wrong = wrongWith(row) ?? this.faults.refusal(operation, codeOf(row), row)?.text;
      if (wrong !== undefined) return this.refused(wrong, operation, rows);
    }
    return undefined;
  }

  private unknown(row: Item): string | undefined {
    return this.cases.get(codeOf(row)) ? undefined : filled(this.wording.unknownCase, { code: codeOf(row) });
  }

  private refused(message: string, operation?: string, rows: Item[] = []): Answer {
    if (operation !== undefined)
      for (const row of rows) this.cases.record(operation, codeOf(row), itemHash(row), 'refused');
    return { code: this.wording.refusedCode, message };
  }
}

const papersOf = (row: Item): { papers: string[]; stands: StoodAt } => ({
  papers: rowsOf(row['DanhSachGiayToKetQua']).map((paper) => textAt(paper, 'GiayToId')),
  stands: standsOf(row),
});

function standsOf(row: Item): StoodAt {
  const [paper] = rowsOf(row['DanhSachGiayToKetQua']);
  const [identity] = rowsOf(row['DinhDanhCHS']);
  const day = (member: string): string | null => dayOfStamp(textAt(row, member));
  return {
    receivedOn: day('NgayTiepNhan') ?? '',
    fields: {
      procedure: textAt(row, 'MaTTHC') || null,
      receivedOn: day('NgayTiepNhan'),
      dueOn: day('NgayHenTra'),
      finishedOn: day('NgayKetThucXuLy'),
      resultNumber: paper ? textAt(paper, 'MaGiayToKetQua') || null : null,
      // Files are fetched by an address that ends with their hash.
      resultFile: /([0-9a-f]{64})$/.exec(paper ? textAt(paper, 'DuongDanTepTinKetQua') : '')?.[1] ?? null,
      applicantName: nameOf(textAt(row, 'ChuHoSo')),
      applicantId: identity ? textAt(identity, 'SoDinhDanh') || null : null,
    },
  };
}

export const codeOf = (row: Item): string => textAt(row, 'MaHoSo');

export const rowsOf = (data: unknown): Item[] =>
  Array.isArray(data) && data.every((row) => row !== null && typeof row === 'object') ? (data as Item[]) : [];
