import { Database, isUnavailable } from '#ledger';
import { reasonOf } from './reason-of.js';
import { Trouble, say, type Terminal } from './verb.js';

/** One short use of the ledger. */
export async function withLedger<T>(url: string, { stderr }: Terminal, work: (db: Database) => Promise<T>): Promise<T> {
  const quiet = {
    info: () => {},
    warn: (_: object, message: string) => say(stderr, message),
    error: (_: object, message: string) => say(stderr, message),
  };
  const db = new Database(url, 'lienthong-cli', quiet, 2);
  try {
    return await work(db);
  } catch (error) {
    throw isUnavailable(error) ? ledgerAway(error) : error;
  } finally {
    await db.close();
  }
}

export const ledgerAway = (error: unknown): Trouble => {
  const because = reasonOf(error);
  return new Trouble(
    `Không liên lạc được với PostgreSQL (${because}); kiểm tra DATABASE_URL`,
    `PostgreSQL is away (${because}); check DATABASE_URL`,
  );
};
