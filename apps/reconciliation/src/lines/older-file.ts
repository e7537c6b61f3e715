import { noteFile, type Comparison, type ComparisonReason, type EarlierFile, type FileRead, type FilesBefore, type TakenComparison } from '#ledger'; // prettier-ignore
import { SourceRefused, type SourceFile } from './line-source.js';

/** Notes what was read. Throws where a person's file is older than the last one and nobody says that it is meant. */
export async function admitFile(
  client: TakenComparison['client'],
  { id, day, source, sure }: Comparison,
  read: SourceFile,
  newestLine: string | null,
): Promise<ComparisonReason | null> {
  const file = { ...read, newestLine };
  const before = await noteFile(client, id, file);
  const refused = source === 'spreadsheet' && !sure ? olderFile(file, day, before) : undefined;
  if (refused) throw refused;
  return before.same ? sameFile(before.same) : olderContent(file, before);
}

/**
 * Why a spreadsheet is older than the last one that was compared: the same bytes as one before that, an earlier day, or an
 * earlier last change by the workbook's own word. What it shows was over already.
 */
export function olderFile(file: FileRead, day: string, { last, same }: FilesBefore): SourceRefused | undefined {
  if (!last) return undefined;
  if (same && same.id !== last.id)
    return older(last, `giống hệt tệp của đối soát ${same.id}`, `the same file as comparison ${same.id}’s`);
  if (day < last.day) return older(last, `ngày ${day} trước ${last.day}`, `day ${day} before ${last.day}`);
  if (file.asOf !== null && last.asOf !== null && Date.parse(file.asOf) < Date.parse(last.asOf))
    return older(last, `lưu lần cuối ${file.asOf}, trước ${last.asOf}`, `last changed ${file.asOf}, before ${last.asOf}`); // prettier-ignore
  return undefined;
}

const older = ({ id }: EarlierFile, vi: string, en: string): SourceRefused =>
  new SourceRefused(
    'older-file',
    `tệp cũ hơn tệp đã đối soát gần nhất (${id}): ${vi}. Không ghi gì; nếu tệp đúng, thêm --sure (API: sure=true)`,
    `it is older than the last one that was compared (${id}): ${en}. Nothing was kept; if it is right, say --sure (API: sure=true)`,
  );

/** A newest case that is missing makes a file look older than it is: that is said, and no reason to refuse it. */
function olderContent({ newestLine }: FileRead, { last }: FilesBefore): ComparisonReason | null {
  if (!last || last.newestLine === null || newestLine === null || newestLine >= last.newestLine) return null;
  return {
    rule: 'older-content',
    vi: `hồ sơ mới nhất trong tệp tiếp nhận ngày ${newestLine}, tệp trước (đối soát ${last.id}) đến ngày ${last.newestLine}: có phải tệp cũ?`,
    en: `its newest case was received on ${newestLine}, the file before (comparison ${last.id}) went to ${last.newestLine}: is it an old one?`,
  };
}

/** Of the same bytes nothing is seen a second time. */
const sameFile = ({ id }: EarlierFile): ComparisonReason => ({
  rule: 'same-file',
  vi: `đúng tệp này đã được đối soát (${id}): chênh lệch thấy lại ở đây không được tính thêm lần nào; nếu sổ bên kia nay vẫn vậy, thêm --sure (API: sure=true)`,
  en: `this very file was compared before (${id}): what is seen here again doesn’t count as seen once more; if their books still say so, say --sure (API: sure=true)`,
});
