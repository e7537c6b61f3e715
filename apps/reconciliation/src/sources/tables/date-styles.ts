import { eachTag, plain } from './xml-tags.js';

/** Number formats that come with the form itself, and show a day or a time (ECMA-376, 18.8.30). */
const builtIn = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** Which cell styles show a number as a date. */
export async function dateStyles(styles: AsyncIterable<Buffer>): Promise<Set<number>> {
  const formats = new Map<number, boolean>();
  const found = new Set<number>();
  let isCells = false;
  let nth = 0;
  await eachTag(styles, {
    open({ name, attributes }) {
      const tag = plain(name);
      if (tag === 'numFmt') formats.set(Number(attributes['numFmtId']), isDateFormat(attributes['formatCode'] ?? ''));
      else if (tag === 'cellXfs') isCells = true;
      else if (tag === 'xf' && isCells) {
        const id = Number(attributes['numFmtId'] ?? 0);
        if (formats.get(id) ?? builtIn(id)) found.add(nth);
        nth += 1;
      }
    },
    close(name) {
      if (plain(name) === 'cellXfs') isCells = false;
    },
  });
  return found;
}

/** Letters of days and times outside of what is quoted, bracketed or escaped. */
const isDateFormat = (code: string): boolean =>
  /[dmyhs]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, '').replace(/general/gi, ''));
