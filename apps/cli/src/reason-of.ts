/** An error's code where it has one (ECONNREFUSED, 28P01), else its own words. Drivers put no password into either. */
export function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  return error instanceof Error ? error.message : 'unknown';
}
