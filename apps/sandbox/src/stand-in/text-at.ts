/** A member's text, or the empty text where it is anything else. */
export function textAt(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  return typeof value === 'string' ? value : '';
}

/** As two books compare names; null where there is none. */
export const nameOf = (text: string): string | null =>
  text.normalize('NFC').trim().replace(/\s+/g, ' ').toLocaleUpperCase('vi') || null;
