export function query(url: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
