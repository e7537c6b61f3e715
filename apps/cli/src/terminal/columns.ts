/** Rows in columns, all left-aligned, two spaces between. Text is NFC, so a letter is one place wide. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) => (indent + row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).trimEnd());
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** dd/MM/yyyy HH:mm:ss in Asia/Ho_Chi_Minh. */
export const localTime = (iso: string): string => clock.format(new Date(iso)).replace(',', '');

/** Text from elsewhere, without what would steer a terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
