import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
/** A process of its own: an 'error' event that nobody hears ends it, and that is what is looked for. */
const program = (moment: string): string => `
  const { Database } = await import('#ledger');
  const quiet = { info() {}, warn() {}, error() {} };
  const db = new Database(process.env.DATABASE_URL, 'spec-cut', quiet, 3);
  const cut = (pid) => db.query('spec.cut', 'select pg_terminate_backend($1)', [pid]);
  await db.transaction(async (client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    ${moment}
  }).then(() => console.log('committed'), () => console.log('refused'));
  await db.query('spec.again', 'select 1');
  console.log('alive');
  await db.close();`;

describe('a transaction whose connection is cut', () => {
  it.each([
    ['while a statement runs', `await Promise.all([client.query('select pg_sleep(60)'), cut(rows[0].pid)]);`],
    [
      'between two statements',
      `await cut(rows[0].pid); await new Promise((ended) => client.once('end', ended)); await client.query('select 1');`,
    ],
  ])(
    '%s fails, and its process goes on',
    async (_, moment) => {
      const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '-e', program(moment)]);
      expect(stdout).toBe('refused\nalive\n');
    },
    20_000,
  );
});
