import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inContainers } from '../../../deploy/local/containers.mjs';
import { query } from '../../../deploy/local/databases.mjs';
import { folderAt } from '../../../deploy/local/place.mjs';
import { postgres } from '../../../deploy/local/postgres.mjs';
import { stopLeftBehind, until } from '../../../deploy/local/processes.mjs';
import { Proxy } from '../../journeys/proxy.js';
import type { ContainerOf } from '../../../deploy/local/service-kind.mjs';
import { prepareInstance, type Instance } from './instance.js';

const PATIENCE_MS = 60_000;
const QUICK: [NodeJS.Signals, number][] = [['SIGQUIT', 5_000]];

export interface PostgresPair {
  /** Of whichever of the two serves: the same before and after `promote`, through a wire of ours. */
  url: string;
  /** The wire, to be cut or held. */
  wire: Proxy;
  /** The primary dies without warning; the standby, which holds every commit that was answered, takes over. Once only. */
  promote(): Promise<void>;
  /** Restarts the one that serves. 'immediate' is a crash: it recovers from its log. 'fast' ends sessions and stops in order. */
  restartPrimary(mode: 'immediate' | 'fast'): Promise<void>;
  stop(): Promise<void>;
}

type Postgres = Awaited<ReturnType<typeof prepare>>;

/** PostgreSQL with a synchronous standby: a commit is answered when both have written it. One run a folder. */
export async function startPostgresPair(folder: string): Promise<PostgresPair> {
  await stopLeftBehind(folderAt(folder), QUICK);
  const password = randomBytes(16).toString('hex');
  const primary = await prepare(folder, 'primary', password, ['-c', 'synchronous_standby_names=standby']);
  const standby = await prepare(folder, 'standby', password, [], (own) => following(primary.url, own));
  if (!inContainers()) followFrom(primary, standby);
  const wire = await Proxy.to('127.0.0.1', portOf(primary));
  const stop = async (): Promise<void> => {
    await wire.close();
    await Promise.all([primary.remove(), standby.remove()]);
  };
  try {
    // Together: the primary's first commit waits for the standby.
    await Promise.all([primary.start(), standby.start()]);
    await waitFor('the standby is synchronous', primary, `select from pg_stat_replication where sync_state = 'sync'`);
  } catch (error) {
    await stop();
    throw error;
  }
  let serving = primary;
  const through = new URL(primary.url);
  through.port = String(wire.port);
  return {
    url: through.href,
    wire,
    stop,
    async promote() {
      if (serving === standby) throw new Error('the standby serves already');
      await primary.signal('SIGQUIT');
      wire.cut();
      await query(standby.url, 'select pg_promote(true, 30)');
      await waitFor('the standby takes writes', standby, 'select where not pg_is_in_recovery()');
      serving = standby;
      wire.turnTo('127.0.0.1', portOf(standby));
      wire.mend();
    },
    async restartPrimary(mode) {
      await serving.signal(mode === 'immediate' ? 'SIGQUIT' : 'SIGINT');
      await serving.start();
    },
  };
}

/** The standby answers before there is a database, and may create none. */
const prepare = (
  folder: string,
  name: 'primary' | 'standby',
  password: string,
  args: string[],
  container?: (own: ContainerOf) => ContainerOf,
) =>
  prepareInstance(postgres, {
    folder,
    name,
    password,
    // Half a second instead of five until the standby asks a primary that came back: commits wait for it.
    args: [...args, '-c', 'wal_keep_size=1GB', '-c', 'wal_retrieve_retry_interval=500ms'],
    ...(name === 'standby' ? { answers: canBeAsked } : {}),
    ...(container ? { container } : {}),
  });

async function canBeAsked(url: string): Promise<boolean> {
  const server = new URL(url);
  server.pathname = '/postgres';
  return (await query(server.href, 'select 1')).length === 1;
}

const primaryInfo = (url: string): string => {
  const { port, username, password } = new URL(url);
  return `host=127.0.0.1 port=${port} user=${username} password=${password} application_name=standby`;
};

/** A warm copy: the image has pg_basebackup, and no file of the primary's container is within reach. */
function following(primary: string, { image, env, args }: ContainerOf): ContainerOf {
  const [program, ...flags] = args;
  const script = `set -e
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
      mkdir -p "$PGDATA"; chown postgres "$PGDATA"; chmod 700 "$PGDATA"
      until gosu postgres pg_basebackup --pgdata="$PGDATA" --dbname="$PRIMARY" --checkpoint=fast -R; do
        rm -rf "\${PGDATA:?}"/*; sleep 0.2
      done
    fi
    exec gosu postgres "$@"`;
  return {
    image,
    env: { ...env, PRIMARY: primaryInfo(primary) },
    args: ['bash', '-c', script, 'sh', program!, ...flags],
  };
}

/** A cold copy: the package has no pg_basebackup, and the primary hasn't run yet. */
function followFrom({ prepared: from, url }: Postgres, { prepared: to }: Postgres): void {
  rmSync(to.data, { recursive: true });
  const copied = spawnSync('cp', ['-Rp', from.data, to.data], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`the primary could not be copied: ${copied.stderr}`);
  appendFileSync(join(to.data, 'postgresql.auto.conf'), `primary_conninfo = '${primaryInfo(url)}'\n`);
  const signal = join(to.data, 'standby.signal');
  writeFileSync(signal, '');
  if (to.user) chownSync(signal, to.user.uid, to.user.gid);
}

async function waitFor(what: string, { url }: Instance<unknown>, sql: string): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const holds = async () => (await query(server.href, sql).catch(() => [])).length > 0;
  if (!(await until(holds, PATIENCE_MS))) throw new Error(`waited in vain until ${what}`);
}

const portOf = ({ url }: Instance<unknown>): number => Number(new URL(url).port);
