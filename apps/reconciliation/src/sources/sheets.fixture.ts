import { crc32, deflateRawSync } from 'node:zlib';

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

export interface HandWritten {
  /** Rows, or all from <cols> on. */
  rows: string;
  shared?: string[];
  merges?: string[];
  isFrom1904?: boolean;
  /** Another sheet before it, that nobody sees. */
  hidden?: boolean;
  chart?: boolean;
  broken?: boolean;
  doctype?: string;
}

/** A workbook of one sheet, its XML written by hand: what exceljs wouldn't write. Style 1 shows a date. */
export function inSheet({
  rows,
  shared,
  merges = [],
  isFrom1904,
  hidden,
  chart,
  broken,
  doctype = '',
}: HandWritten): Buffer {
  const first = hidden ? '<sheet name="Cũ" sheetId="2" state="veryHidden" r:id="rId2"/>' : chart ? '<sheet name="Biểu đồ" sheetId="2" r:id="rId3"/>' : ''; // prettier-ignore
  const data = rows.includes('<sheetData>') ? rows : `<sheetData>${rows}</sheetData>`;
  const merged = merges.length > 0 ? `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>` : ''; // prettier-ignore
  const sheet = Buffer.from(`<?xml version="1.0"?>${doctype}<worksheet xmlns="${MAIN}">${data}${merged}</worksheet>`);
  const related = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`; // prettier-ignore
  return zipped([
    ['xl/workbook.xml', `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr date1904="${isFrom1904 ? 1 : 0}"/><sheets>${first}<sheet name="Hồ sơ" sheetId="1" r:id="rId1"/></sheets></workbook>`], // prettier-ignore
    ['xl/_rels/workbook.xml.rels', `<Relationships xmlns="x">${related('rId1', 'worksheet', 'worksheets/sheet1.xml')}${related('rId2', 'worksheet', 'worksheets/sheet2.xml')}${related('rId3', 'chartsheet', 'chartsheets/sheet1.xml')}</Relationships>`], // prettier-ignore
    [
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    ],
    ['xl/worksheets/sheet1.xml', broken ? Buffer.concat([sheet.subarray(0, -12), Buffer.from([0xff]), sheet.subarray(-12)]) : sheet], // prettier-ignore
    ['xl/worksheets/sheet2.xml', `<worksheet xmlns="${MAIN}"><sheetData/></worksheet>`],
    ...(shared ? [['xl/sharedStrings.xml', `<sst xmlns="${MAIN}">${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`] as [string, string]] : []), // prettier-ignore
  ]);
}

export function zipped(parts: readonly (readonly [string, string | Buffer])[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of parts) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(content as string)];
    const packed = deflateRawSync(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    for (const [header, from] of [[local, 6], [central, 8]] as const) {
      header.writeUInt16LE(8, from + 2);
      header.writeUInt32LE(crc32(bytes), from + 8);
      header.writeUInt32LE(packed.length, from + 12);
      header.writeUInt32LE(bytes.length, from + 16);
      header.writeUInt16LE(name.length, from + 20);
    } // prettier-ignore
    central.writeUInt32LE(at, 42);
    files.push(local, name, packed);
    directory.push(central, name);
    at += local.length + name.length + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, entries, end]);
}
