import type { Json, ListedProcedure, Named, ProcedureFacts, PulledCatalogue } from '#wire';

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Only objects; a catalogue's inner lists hold nothing else that we read. */
export const listAt = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isMembers) : []);

/** Numbers come as text or as numbers. '' where there is neither. */
export const textAt = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

/** One spelling, one space between words, none around; what PostgreSQL can't hold is shown as U+FFFD. */
export const cleaned = (text: string): string => storable(text).normalize('NFC').replace(/\s+/gu, ' ').trim();

const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** Of a list of partners' objects, what has a name; a row without one (an empty executing agency) says nothing. */
export function namedIn(value: unknown, code: string, name: string): Named[] {
  return listAt(value).flatMap((row) => {
    const said = { code: textAt(row[code]), name: cleaned(textAt(row[name])) };
    if (said.name === '') return [];
    return [said.code === '' ? { name: said.name } : said];
  });
}

/** Absent where nothing was said: an empty list would claim that there is none. */
export function given(facts: ProcedureFacts): ProcedureFacts {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== '')),
  );
}

/** A row that says its code and name; anything else is counted, not guessed. */
export function listed(
  row: unknown,
  read: (row: Members) => Named & { key: string; facts: ProcedureFacts },
): ListedProcedure | undefined {
  if (!isMembers(row)) return undefined;
  const { code = '', name, key, facts } = read(row);
  if (!/^[0-9A-Za-z.-]{1,50}$/.test(code) || cleaned(name) === '') return undefined;
  return { code, name: cleaned(name), rawName: storable(name), key, facts: given(facts), raw: row as Json };
}

/** The same code twice, between pages mostly: the later row stands. */
export function wholeOf(rows: readonly (ListedProcedure | undefined)[], said?: number): PulledCatalogue {
  const byCode = new Map<string, ListedProcedure>();
  for (const row of rows) if (row) byCode.set(row.code, row);
  const unread = rows.filter((row) => row === undefined).length;
  return { procedures: [...byCode.values()], unread, ...(said === undefined ? {} : { said }) };
}
