import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Linux counts CPU time in hundredths of a second wherever Node runs. */
const TICKS = 100;

/**
 * CPU seconds of the measured processes with all their children, and of the three stores, from /proc. Elsewhere than on Linux,
 * or for stores on another machine, every figure is NaN: no cost is better than a wrong one.
 */
export async function cpuMeter() {
  const stores = process.platform === 'linux' ? await storePids().catch(() => undefined) : undefined;
  if (!stores) return { read: () => ({ postgres: NaN, redis: NaN, kafka: NaN, of: () => NaN }) };
  return {
    read() {
      const all = readProcesses();
      const of = (pid) => treeOf(all, pid).reduce((sum, one) => sum + all.get(one).own, 0);
      const { postgres, redis, kafka } = stores;
      // A backend that has ended is in its postmaster's waited-for children.
      return {
        postgres: of(postgres) + (all.get(postgres)?.waited ?? 0),
        redis: of(redis),
        kafka: of(kafka),
        of: (pid) => of(pid) + treeOf(all, pid).reduce((s, one) => s + all.get(one).waited, 0),
      };
    },
  };
}

function readProcesses() {
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const f = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      found.set(Number(name), { parent: f[1], own: (f[11] + f[12]) / TICKS, waited: (f[13] + f[14]) / TICKS });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

function treeOf(all, root) {
  const tree = all.has(root) ? [root] : [];
  for (const pid of tree) for (const [child, { parent }] of all) if (parent === pid) tree.push(child);
  return tree;
}

async function storePids() {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const backend = (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
  const postgres = readProcesses().get(backend)?.parent;
  await client.end();
  const connection = new Redis(process.env.REDIS_URL);
  const redis = Number(/process_id:(\d+)/.exec(await connection.info('server'))[1]);
  connection.disconnect();
  const kafka = listenerOf(Number(process.env.KAFKA_BROKERS.split(',')[0].split(':').at(-1)));
  if (!postgres || !kafka || !readProcesses().has(redis)) return undefined;
  return { postgres, redis, kafka };
}

/** The process that listens on a port: its socket's inode is among that process's descriptors. */
function listenerOf(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/net/${file}`, 'latin1').split('\n').slice(1));
  const inodes = lines
    .map((line) => line.trim().split(/\s+/))
    .filter((f) => f[1]?.endsWith(`:${hex}`) && f[3] === '0A')
    .map((f) => `socket:[${f[9]}]`);
  return [...readProcesses().keys()].find((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.includes(linkOf(`/proc/${pid}/fd/${fd}`)));
    } catch {
      return false;
    }
  });
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
