import pg from 'pg';

/** Prepared under its name, once a connection. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** Anything that runs a statement: the pool, or a client inside a transaction. */
export interface Runner {
  query<R extends pg.QueryResultRow>(config: {
    name?: string;
    text: string;
    values?: unknown[];
  }): Promise<pg.QueryResult<R>>;
}

export interface Log {
  info(o: object, m: string): void;
  warn(o: object, m: string): void;
  error(o: object, m: string): void;
}

export class Database {
  readonly pool: pg.Pool;

  constructor(url: string, application: string, log: Log, connections = 10, queryTimeoutMs = 0) {
    this.pool = new pg.Pool({
      connectionString: url,
      application_name: application,
      max: connections,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // Statements leave without waiting for the ones before; PostgreSQL runs them in the order given.
      pipeline: true,
      // A connection whose other end vanished would otherwise be waited on for hours; 0 waits for ever.
      ...(queryTimeoutMs > 0 ? { query_timeout: queryTimeoutMs } : {}),
      options: '-c timezone=UTC',
    });
    // Without a listener an idle connection's end (PostgreSQL restarted) would end the process.
    this.pool.on('error', (error) =>
      log.warn({ code: (error as { code?: string }).code ?? error.message }, 'idle PostgreSQL connection lost'),
    );
  }

  query<R extends pg.QueryResultRow>(name: string, text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    return this.pool.query<R>({ name, text, values });
  }

  /**
   * Runs `work` in one transaction; a deadlock or a serialisation failure is tried again, at most five times.
   * `ending` leaves together with the commit: when one of those fails, PostgreSQL rolls back what the commit would end.
   * `read` sees what they answered, in their order, once all is committed.
   */
  async transaction<T>(
    work: (client: pg.PoolClient) => Promise<T>,
    ending: (result: T) => readonly Statement[] = () => [],
    read: (result: T, answers: readonly pg.QueryResult[]) => T = (result) => result,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.pool.connect();
      let broken: Error | undefined;
      // The pool listens to idle connections only: a cut in here would otherwise end the process.
      const cut = (error: Error): void => void (broken = error);
      client.on('error', cut);
      try {
        const begun = client.query('begin');
        const [, result] = await inOrder(begun, work(client));
        const answers = await inOrder(
          ...ending(result).map((statement) => client.query(statement)),
          client.query('commit'),
        );
        return read(result, answers.slice(0, -1));
      } catch (error) {
        await client.query('rollback').catch((e: Error) => (broken = e));
        if (!isContention(error) || attempt >= 5) throw error;
      } finally {
        client.release(broken);
        client.off('error', cut);
      }
    }
  }

  /** One statement, its own transaction; a deadlock or a serialisation failure is tried again, at most five times. */
  async once<R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<pg.QueryResult<R>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.pool.query<R>({ name, text, values });
      } catch (error) {
        if (!isContention(error) || attempt >= 5) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** All of them, or what the first in the order of sending failed by: what came after it only says that the transaction had failed. */
async function inOrder<T extends unknown[]>(...sent: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(sent);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as T;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** A deadlock or serialisation failure: the same transaction may succeed when tried again. */
export const isContention = (error: unknown): boolean => ['40P01', '40001'].includes(codeOf(error));

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** PostgreSQL is away, starting, stopping, read-only or full: the caller may try again later; nothing is known to be written. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08|53|57P)/.test(code) || code === '25006') return true;
  if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'].includes(code))
    return true;
  const message = error instanceof Error ? error.message : '';
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|query read timeout/i.test(
    message,
  );
}
