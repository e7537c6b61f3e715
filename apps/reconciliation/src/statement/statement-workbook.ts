import {
  countWords,
  coverageWords,
  discrepancyWords,
  inBoth,
  localClock,
  localDay,
  sideWords,
  type LineDiscrepancy,
  type Statement,
  type StatementBundle,
  type StatementCounts,
} from '#wire';
import type { Cell, Sheet } from '../workbook/workbook.js';

/** A statement as a workbook: for reading and filing. What is verified is the JSON file or the page. */
export function statementWorkbook({ statement, hash, discrepancies = [], signatures }: StatementBundle): Sheet[] {
  const { day, parties } = statement;
  const title = [`BIÊN BẢN ĐỐI SOÁT NGÀY ${localDay(day)}`, `Statement of ${day}`];
  const signed = signatures.map(({ party, kind, keyId }) => `${party === 'ours' ? parties.ours.id : parties.theirs.id}: ${kind === 'pdf' ? 'PDF' : keyId}`); // prettier-ignore
  return [
    {
      name: 'Số lượt chuyển',
      letterhead: [
        [parties.ours.name.vi, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
        [parties.ours.name.en, 'Độc lập - Tự do - Hạnh phúc'],
      ],
      title: [...title, inBoth([parties.theirs.name.vi, parties.theirs.name.en])],
      portrait: true,
      head: [[{ text: 'Chỉ tiêu' }, { text: 'What' }, { text: inBoth(['Số lượt', 'deliveries']) }]],
      columns: [
        { width: 44, kind: 'text' },
        { width: 34, kind: 'text' },
        { width: 18, kind: 'integer' },
      ],
      rows: [
        ...Object.keys(countWords).map((name): Cell[] => {
          const count = name as keyof StatementCounts;
          return [...countWords[count], statement.counts[count]];
        }),
        ...Object.entries(statement.discrepancies.counts).map(([type, n]): Cell[] => {
          const [vi, en] = discrepancyWords[type as LineDiscrepancy];
          return [`Chênh lệch: ${vi}`, en, n];
        }),
      ],
      notes: [`SHA-256: ${hash}`, `Đã ký · signed: ${signed.join('; ') || '–'}`],
      signatures: [
        '\nĐẠI DIỆN BÊN GIAO\n(ký, ghi rõ họ tên, đóng dấu)',
        '…………, ngày …… tháng …… năm …………\nĐẠI DIỆN BÊN NHẬN\n(ký, ghi rõ họ tên, đóng dấu)',
      ],
    },
    {
      name: 'Chênh lệch',
      head: [['TT', 'Loại · type', 'Mã bên cơ quan · the agency’s key', 'Phía xử lý · who acts', 'Thấy lần đầu · first seen'].map((text) => ({ text }))], // prettier-ignore
      columns: [
        { width: 6, kind: 'integer', centred: true },
        { width: 44, kind: 'text' },
        { width: 34, kind: 'text' },
        { width: 24, kind: 'text' },
        { width: 22, kind: 'text' },
      ],
      rows: discrepancies.map(({ type, key, side, firstSeenAt }, i): Cell[] => [
        i + 1,
        inBoth(discrepancyWords[type]),
        key,
        inBoth(sideWords[side]),
        localClock(firstSeenAt),
      ]),
    },
    {
      name: 'Căn cứ',
      head: [[{ text: 'Mục · item' }, { text: 'Nội dung · content' }]],
      columns: [
        { width: 32, kind: 'text' },
        { width: 80, kind: 'text' },
      ],
      rows: grounds(statement),
    },
  ];
}

function grounds(statement: Statement): Cell[][] {
  const { cutOff, epoch, previous, lines, coverage, comparison, contracts, codeTables, chainHeads, keys } = statement;
  const book = (said: Statement['lines']['ours']): string => (said ? `${said.count}, ${said.digest}` : '–');
  return [
    ['Chốt lúc · cut off at', localClock(cutOff)],
    ['Kỳ sổ · epoch', String(epoch)],
    ['Biên bản trước · before', previous ? `${localDay(previous.day)}, ${previous.hash}` : '–'],
    ['Phạm vi · coverage', inBoth(coverageWords[coverage])],
    ['Nguồn, lúc · source, at', comparison ? `${comparison.source}, ${localClock(comparison.at)}` : '–'],
    ['Sổ trục · the hub’s book', book(lines.ours)],
    ['Sổ cơ quan · the agency’s book', book(lines.theirs)],
    ...contracts.map((one): Cell[] => ['Hợp đồng · contract', `${localDay(one.validFrom)}, số ${one.serial}, ${one.hash}`]), // prettier-ignore
    ...codeTables.map((one): Cell[] => ['Bảng mã · code table', `${one.name}, ${localDay(one.validFrom)}, ${one.hash}`]), // prettier-ignore
    ['Chuỗi băm · streams, root', `${chainHeads.streams}, ${chainHeads.merkleRoot}`],
    ['Khóa · keys', [...keys.ours, ...keys.theirs].join(', ') || '–'],
  ];
}
