import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

/** Brings the schema up to date; several processes may call it at once (advisory lock). Forward only. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await runner({
        databaseUrl,
        dir: fileURLToPath(new URL('./migrations', import.meta.url)),
        direction: 'up',
        migrationsTable: 'migrations',
        checkOrder: true,
        singleTransaction: true,
        log: () => {},
      });
      return done.map((migration) => migration.name);
    } catch (error) {
      // node-pg-migrate doesn't wait for its lock: another process migrates just now.
      if (attempt >= 60 || !/another migration is already running/i.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
