/** RFC 4180 with a header row; quoted fields hold commas and doubled quotes, no line breaks. */
export function readCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = fieldsOf(header);
  return lines.map((line) => {
    const fields = fieldsOf(line);
    return Object.fromEntries(names.map((name, place) => [name, fields[place] ?? '']));
  });
}

/** A comma is put before the first field too, so that every field, also an empty one, has its own. */
const fieldsOf = (line: string): string[] =>
  [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
