import type { ProcedureFinding } from '#agency';
import type { CatalogueChanges, ShownCatalogue, ShownProcedure } from '#ledger';
import { columns } from '../terminal/columns.js';
import { timeOf } from './words.js';

/** Why a list waits for a person. */
export const heldReasons: Readonly<Record<string, string>> = {
  empty: 'danh sách rỗng · it is empty',
  'unread-rows': 'có dòng không đọc được mã hay tên · rows without a code or a name',
  'short-of-total': 'ít hơn tổng số mà cơ quan báo · fewer than the partner says it has',
  'loses-too-many': 'thiếu nhiều thủ tục hơn mức cho phép · it lacks more than may be lost at once',
};

export function catalogueWords(catalogues: readonly ShownCatalogue[]): string {
  if (catalogues.length === 0) return 'Chưa lấy danh mục nào · no catalogue was pulled yet';
  const lines = columns([
    ['cơ quan', 'thủ tục', 'có chi tiết', 'lần lấy cuối', 'kết quả', 'đang chờ quyết định'],
    ...catalogues.map(({ agency, inForce, detailed, newest, held }) => [
      agency,
      String(inForce),
      String(detailed),
      timeOf(newest.lastAt),
      states[newest.state],
      held === null
        ? '–'
        : `${held.id}: ${held.listed} dòng, thiếu ${held.lost}; ${heldReasons[held.reason ?? ''] ?? '–'}`,
    ]),
  ]);
  const waiting = catalogues.filter(({ held }) => held !== null);
  return [
    ...lines,
    ...waiting.map(
      ({ agency }) => `! lienthong catalogue diff ${agency}, rồi · then catalogue accept ${agency} | drop ${agency}`,
    ),
  ].join('\n');
}

const states = {
  taken: 'đã nhận',
  held: 'chờ người quyết định',
  accepted: 'người đã nhận',
  dropped: 'người đã bỏ',
  superseded: 'đã thay',
} as const;

const MOST_LINES = 50;

export function changeWords({ added, lost, renamed }: CatalogueChanges): string {
  const lines = [
    ...lost.map(({ code, name }) => `- ${code} ${name}`),
    ...renamed.map(({ code, from, to }) => `~ ${code} ${from} → ${to}`),
    ...added.map(({ code, name }) => `+ ${code} ${name}`),
  ];
  const more = lines.length - MOST_LINES;
  return [
    `bỏ ${lost.length}, đổi tên ${renamed.length}, thêm ${added.length} · lost, renamed, added`,
    ...lines.slice(0, MOST_LINES),
    ...(more > 0 ? [`… ${more} dòng nữa: --json · more`] : []),
  ].join('\n');
}

export function procedureWords({
  agency,
  code,
  name,
  rawName,
  facts,
  seenFrom,
  seenUntil,
  detailAt,
}: ShownProcedure): string {
  const named = (list: readonly { code?: string; name: string }[] = []): string =>
    list.map((one) => (one.code === undefined ? one.name : `${one.name} (${one.code})`)).join(', ') || '–';
  const terms = (facts.terms ?? []).map(
    ({ channel, amount, unit }) => `${channel ? `${channel}: ` : ''}${amount} ${unit}`,
  );
  return [
    `${code} ${name}`,
    `  ${agency}: từ ${timeOf(seenFrom)}${seenUntil ? ` đến ${timeOf(seenUntil)}: không còn như vậy · no more` : ', đang có hiệu lực · listed now'}`,
    ...(rawName === name ? [] : [`  nguyên văn · as it came: ${JSON.stringify(rawName)}`]),
    `  cơ quan thực hiện · carried out by: ${named(facts.executing)}`,
    `  cấp · levels: ${(facts.levels ?? []).join(', ') || '–'}`,
    `  lĩnh vực · fields: ${named(facts.fields)}`,
    `  kênh · channels: ${(facts.channels ?? []).join(', ') || '–'}`,
    `  thời hạn · terms: ${terms.join('; ') || '–'}`,
    ...(detailAt ? [] : ['  chi tiết chưa lấy · its detail wasn’t asked for yet']),
  ].join('\n');
}

/** A line each for codes that aren't listed, so many at once; a line for each other name. */
export function findingWords(findings: readonly ProcedureFinding[]): { vi: string; en: string }[] {
  const unlisted = findings.flatMap((one) =>
    one.kind === 'unlisted' ? [one.until ? `${one.code} (đến · until ${timeOf(one.until)})` : one.code] : [],
  );
  const shown = unlisted.slice(0, MOST_CODES).join(', ');
  const more = unlisted.length > MOST_CODES ? `, … (${unlisted.length})` : '';
  return [
    ...(unlisted.length === 0
      ? []
      : [{ vi: `danh mục thủ tục mới nhất không có ${shown}${more}`, en: 'the newest catalogue doesn’t list them' }]),
    ...findings.flatMap((one) =>
      one.kind === 'other-name'
        ? [
            {
              vi: `${one.code}: tệp ghi “${one.says}”, danh mục ghi “${one.catalogue}”`,
              en: 'the catalogue has another name',
            },
          ]
        : [],
    ),
  ];
}

const MOST_CODES = 20;
