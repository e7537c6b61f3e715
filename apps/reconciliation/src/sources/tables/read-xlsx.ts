import { refused } from '../refusals.js';
import type { Bytes } from './bytes.js';
import { LONGEST_CELL, ReadZipSheet } from './read-sheet.js';
import { dateStyles } from './date-styles.js';
import { ZipFile } from './read-zip.js';
import { SharedTexts } from './shared-texts.js';
import type { Sheet } from './table.js';
import { eachTag, plain, unescaped } from './xml-tags.js';

const CORE = 'docProps/core.xml';

/**
 * One sheet of a workbook, by its name or the first that is shown. Only what its cells show is read: formulas by their last
 * results. Rows and columns that are hidden are read like others: a filter hides what is there.
 */
export async function readXlsx(bytes: Bytes, sheet: string | undefined): Promise<Sheet> {
  const zip = await ZipFile.open(bytes);
  const { path, isFrom1904 } = await sheetIn(zip, sheet);
  const styles = zip.has('xl/styles.xml') ? await dateStyles(zip.read('xl/styles.xml')) : new Set<number>();
  const asOf = zip.has(CORE) ? await changedAt(zip) : null;
  const shared = zip.has('xl/sharedStrings.xml') ? await sharedTexts(zip) : undefined;
  return new ReadZipSheet(zip.read(path), { shared, styles, isFrom1904, asOf });
}

interface Listed {
  name: string;
  id: string;
  isHidden: boolean;
}

async function sheetIn(zip: ZipFile, wanted: string | undefined): Promise<{ path: string; isFrom1904: boolean }> {
  if (!zip.has('xl/workbook.xml') || !zip.has('xl/_rels/workbook.xml.rels')) throw refused('not-xlsx');
  const listed: Listed[] = [];
  let isFrom1904 = false;
  await eachTag(zip.read('xl/workbook.xml'), {
    open({ name, attributes }) {
      const said = attributes as Record<string, string>;
      if (plain(name) === 'sheet') listed.push(listedBy(said));
      if (plain(name) === 'workbookPr') isFrom1904 = /^(?:1|true)$/.test(said['date1904'] ?? '');
    },
  });
  const targets = await sheetTargets(zip);
  const sheets = listed.filter(({ id }) => targets.has(id));
  const named = (name: string): string => name.normalize('NFC').trim().toLocaleLowerCase('vi');
  const found =
    wanted === undefined
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : sheets.find(({ name }) => named(name) === named(wanted));
  if (!found) throw refused('no-sheet', wanted === undefined ? {} : { at: `“${wanted}”` });
  const target = targets.get(found.id)!;
  const path = target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
  if (!zip.has(path)) throw refused('not-xlsx');
  return { path, isFrom1904 };
}

const listedBy = (said: Record<string, string>): Listed => ({
  name: said['name'] ?? '',
  id: Object.entries(said).find(([name]) => /:id$/.test(name))?.[1] ?? '',
  isHidden: /^(?:hidden|veryHidden)$/.test(said['state'] ?? ''),
});

/** Of sheets that have rows: a chart may be one of a workbook's sheets, too. */
async function sheetTargets(zip: ZipFile): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  await eachTag(zip.read('xl/_rels/workbook.xml.rels'), {
    open({ attributes }) {
      const said = attributes as Record<string, string>;
      if (said['Type']?.endsWith('/worksheet')) targets.set(said['Id'] ?? '', said['Target'] ?? '');
    },
  });
  return targets;
}

/** When the workbook was last changed, by its own word. */
async function changedAt(zip: ZipFile): Promise<string | null> {
  let said = '';
  let isSaying = false;
  await eachTag(zip.read(CORE), {
    open: ({ name }) => void (isSaying = plain(name) === 'modified'),
    close: () => void (isSaying = false),
    text: (text) => void (isSaying && (said += text)),
  });
  const at = Date.parse(said.trim());
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

async function sharedTexts(zip: ZipFile): Promise<SharedTexts> {
  const texts = new SharedTexts();
  let text = '';
  let isText = false;
  let isReading = false;
  try {
    await eachTag(zip.read('xl/sharedStrings.xml'), {
      open({ name }) {
        if (plain(name) === 'si') text = '';
        else if (plain(name) === 'rPh') isReading = true;
        else if (plain(name) === 't') isText = !isReading;
      },
      close(name) {
        if (plain(name) === 't') isText = false;
        else if (plain(name) === 'rPh') isReading = false;
        else if (plain(name) === 'si') texts.add(unescaped(text));
      },
      text(more) {
        if (!isText) return;
        text += more;
        if (text.length > LONGEST_CELL) throw refused('long-cell');
      },
      pause: () => (texts.mustFlush ? texts.flush() : Promise.resolve()),
    });
    await texts.flush();
    return texts;
  } catch (error) {
    await texts.close();
    throw error;
  }
}
