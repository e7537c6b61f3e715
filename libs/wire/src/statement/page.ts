import type { StatementBundle } from './bundle.js';
import { pageStyle } from './page-style.js';
import type { ListedDiscrepancy, Party, Statement, StatementCounts } from './statement.js';
import { countWords, coverageWords, discrepancyWords, grouped, localClock, localDay, sideWords } from './words.js';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (text: string | number): string =>
  String(text).replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD').replace(/[&<>"']/g, (c) => entities[c]!); // prettier-ignore
const both = ([vi, en]: readonly [string, string]): string => `${safe(vi)} <i lang="en">${safe(en)}</i>`;
const code = (text: string): string => `<code>${safe(text)}</code>`;
const row = (path: string, what: string, value: string, kind = ''): string =>
  `<tr data-path="${path}"><th scope="row">${what}</th><td${kind}>${value}</td></tr>`;
const count = (path: string, words: readonly [string, string], n: number): string =>
  row(path, both(words), grouped(n), ' class="n"');
const table = (rows: readonly string[], kind: 'said' | 'counts' | 'list' = 'said', head = ''): string[] => [
  `<table class="${kind}">`,
  head,
  '<tbody>',
  ...rows,
  '</tbody></table>',
];
const heading = (vi: string, en: string): string => `<h2>${both([vi, en])}</h2>`;

const PREFIX = '<script type="application/json" id="statement-bundle">';
const SUFFIX = '</script>';

/**
 * A bundle as one page that prints on A4: no script runs, nothing is loaded, and the bundle itself stands in it. The same
 * bundle gives the same page, byte for byte, so a page that was altered can be told.
 */
export function statementPage(bundle: StatementBundle): string {
  const { statement } = bundle;
  const { day, parties } = statement;
  return `${[
    '<!doctype html>',
    '<html lang="vi">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Biên bản đối soát ${safe(parties.theirs.id)} ${safe(localDay(day))}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    ...letterhead(statement),
    ...theCounts(statement.counts),
    ...theBooks(statement),
    ...theDiscrepancies(statement, bundle.discrepancies ?? []),
    ...theProof(bundle),
    ...theSignatures(bundle),
    `${PREFIX}${JSON.stringify(bundle).replaceAll('<', '\\u003c')}${SUFFIX}`,
    '</body>',
    '</html>',
  ].join('\n')}\n`;
}

/** The JSON text of the bundle that a page carries; undefined: it is no such page. */
export function bundleInPage(page: string): string | undefined {
  const from = page.lastIndexOf(PREFIX);
  const to = page.lastIndexOf(SUFFIX);
  return from < 0 || to < from ? undefined : page.slice(from + PREFIX.length, to);
}

function letterhead({ parties, day, cutOff, epoch, previous }: Statement): string[] {
  const { ours, theirs } = parties;
  return [
    '<header>',
    `<div data-path="parties.ours"><b>${safe(ours.name.vi)}</b><br><i lang="en">${safe(ours.name.en)}</i></div>`,
    '<div><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b class="motto">Độc lập - Tự do - Hạnh phúc</b></div>',
    '</header>',
    `<h1>BIÊN BẢN ĐỐI SOÁT NGÀY ${safe(localDay(day))}<br><i lang="en">Statement of ${safe(day)}</i></h1>`,
    ...table([
      row('parties.ours', both(['Bên giao', 'delivers']), party(ours)),
      row('parties.theirs', both(['Bên nhận', 'receives']), party(theirs)),
      row('day', both(['Ngày sổ', 'day of the ledger']), safe(localDay(day))),
      row('cutOff', both(['Chốt lúc', 'cut off at']), safe(localClock(cutOff))),
      row('epoch', both(['Kỳ sổ', 'epoch of the ledger']), safe(epoch)),
      row(
        'previous',
        both(['Biên bản trước', 'statement before']),
        previous ? `${safe(localDay(previous.day))} ${code(previous.hash)}` : both(['không có', 'none']),
      ),
    ]),
  ];
}

const party = ({ id, name, code: identifier }: Party): string =>
  `${both([name.vi, name.en])}, ${code(identifier === null ? id : `${id}, ${identifier}`)}`;

function theCounts(counts: StatementCounts): string[] {
  const line = (name: keyof StatementCounts): string => count(`counts.${name}`, countWords[name], counts[name]);
  const sum = (names: readonly (keyof StatementCounts)[]): string =>
    `<tr class="sum" data-path="counts"><th scope="row">${both(['Cộng', 'sum'])}</th><td class="n">${grouped(names.reduce((all, name) => all + counts[name], 0))}</td></tr>`;
  const [into, outOf] = [['opening', 'planned', 'reopened'], ['acknowledged', 'superseded', 'closed', 'carried']] as const; // prettier-ignore
  return [
    heading('I. Số lượt chuyển', 'deliveries'),
    ...table([...into.map(line), sum(into), ...outOf.map(line), sum(outOf)], 'counts'),
  ];
}

function theBooks({ lines, coverage, comparison }: Statement): string[] {
  const book = (side: 'ours' | 'theirs', words: readonly [string, string]): string => {
    const said = lines[side];
    return row(`lines.${side}`, both(words), said ? `${grouped(said.count)} ${code(said.digest)}` : both(['không có', 'none'])); // prettier-ignore
  };
  return [
    heading('II. Sổ hai bên', 'both books'),
    ...table([
      row('coverage', both(['Phạm vi', 'coverage']), both(coverageWords[coverage])),
      row('comparison', both(['Nguồn, lúc', 'source, at']), comparison ? `${safe(comparison.source)}, ${safe(localClock(comparison.at))}` : '–'), // prettier-ignore
      book('ours', ['Dòng trong sổ trục', 'lines in the hub’s book']),
      book('theirs', ['Dòng trong sổ cơ quan', 'lines in the agency’s book']),
    ]),
  ];
}

function theDiscrepancies({ discrepancies }: Statement, listed: readonly ListedDiscrepancy[]): string[] {
  const types = Object.entries(discrepancies.counts) as [keyof typeof discrepancyWords, number][];
  return [
    heading('III. Chênh lệch', 'discrepancies'),
    ...(types.length === 0
      ? [`<p data-path="discrepancies">${both(['Không có chênh lệch.', 'None.'])}</p>`]
      : table(
          types.map(([type, n]) => count(`discrepancies.counts.${type}`, discrepancyWords[type], n)),
          'counts',
        )),
    ...(listed.length === 0
      ? []
      : table(
          listed.map(
            ({ type, key, side, firstSeenAt }, i) =>
              `<tr data-path="discrepancies[${i}]"><td class="n">${grouped(i + 1)}</td><td>${both(discrepancyWords[type])}</td><td>${code(key)}</td><td>${both(sideWords[side])}</td><td>${safe(localClock(firstSeenAt))}</td></tr>`,
          ),
          'list',
          `<thead><tr><th>TT</th><th>${both(['Loại', 'type'])}</th><th>${both(['Mã bên cơ quan', 'the agency’s key'])}</th><th>${both(['Phía xử lý', 'who acts'])}</th><th>${both(['Thấy lần đầu', 'first seen'])}</th></tr></thead>`,
        )),
  ];
}

function theProof({ statement, hash, proof }: StatementBundle): string[] {
  const { contracts, codeTables, chainHeads } = statement;
  return [
    heading('IV. Căn cứ', 'what it rests on'),
    ...table([
      ...contracts.map(
        ({ validFrom, serial, hash }, i) =>
        row(`contracts[${i}]`, both(['Hợp đồng kết nối', 'contract']), `${safe(localDay(validFrom))}, số ${safe(serial)} ${code(hash)}`), // prettier-ignore
      ),
      ...codeTables.map(
        ({ name, validFrom, hash }, i) =>
        row(`codeTables[${i}]`, both(['Bảng mã', 'code table']), `${safe(name)}, ${safe(localDay(validFrom))} ${code(hash)}`), // prettier-ignore
      ),
      row('chainHeads', both(['Chuỗi băm hồ sơ', 'streams, Merkle root']), `${grouped(chainHeads.streams)} ${code(chainHeads.merkleRoot)}`), // prettier-ignore
      ...(proof
        ? [row('proof', both(['Chứng minh cho hồ sơ', 'proof of a case']), `${code(proof.code)}, #${safe(proof.sequence)} ${code(proof.head)}`)] // prettier-ignore
        : []),
      row('hash', both(['Mã băm biên bản (SHA-256)', 'hash of this statement']), code(hash)),
    ]),
  ];
}

/** What is signed stands above the signatures: their page by itself must not do for another statement. */
function theSignatures({ statement, signatures, hash }: StatementBundle): string[] {
  const { ours, theirs } = statement.parties;
  const box = ({ name }: Party, side: 'ours' | 'theirs'): string =>
    `<div data-path="signatures">${[
      `<b>${side === 'ours' ? 'ĐẠI DIỆN BÊN GIAO' : 'ĐẠI DIỆN BÊN NHẬN'}</b>`,
      `<i>(ký, ghi rõ họ tên, đóng dấu · signature, name, seal)</i>`,
      '<span class="room"></span>',
      safe(name.vi),
      ...signatures.filter(({ party }) => party === side).map(({ kind, keyId, ...rest }) =>
        kind === 'pdf' && 'file' in rest
          ? `<small>PDF ký ngoài · signed outside: ${code(rest.file)}</small>`
          : `<small>Đã ký số · signed (Ed25519): ${code(keyId)}</small>`,
      ),
    ].join('<br>')}</div>`; // prettier-ignore
  return [
    '<section class="signing">',
    `<p class="what" data-path="hash">${both(['Ký biên bản ngày', 'signing the statement of'])} ${safe(localDay(statement.day))}, SHA-256 ${code(hash)}</p>`,
    '<p class="when">…………, ngày …… tháng …… năm …………</p>',
    box(ours, 'ours'),
    box(theirs, 'theirs'),
    '</section>',
    `<footer>${both(['Kiểm tra: lienthong statement verify TỆP', 'to verify, offline: lienthong statement verify FILE'])}</footer>`,
  ];
}
