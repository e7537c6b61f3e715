/** What a log may say of an error: its code, else its kind. Messages of PostgreSQL and of parsers repeat data. */
export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
