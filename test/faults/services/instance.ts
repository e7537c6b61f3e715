import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { containerServer, inContainers } from '../../../deploy/local/containers.mjs';
import { folderAt } from '../../../deploy/local/place.mjs';
import { freePort } from '../../../deploy/local/ports.mjs';
import { identityOf, launch, runTask, stopProcess, until } from '../../../deploy/local/processes.mjs';
import type { Address, ContainerOf, Program, ServiceKind } from '../../../deploy/local/service-kind.mjs';

const ENDING: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'];

/** A server that a test may freeze, kill and start again on the same port with its data. Ends with the test's process group. */
export interface Instance<Prepared> {
  url: string;
  prepared: Prepared;
  /** Resolves when it serves; rejects with the end of its log. */
  start(): Promise<void>;
  isRunning(): boolean;
  /** Resolves when the process has gone, where the signal ends one. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Ends it, frozen or not, and removes its data. */
  remove(): Promise<void>;
}

export interface Birth {
  /** Holds its data, its log and the record by which a later run ends what a killed one left. */
  folder: string;
  name: string;
  password?: string;
  address?: Pick<Address, 'port' | 'secondPort'>;
  /** Added to the program's arguments. */
  args?: string[];
  /** Where serving means something else than the kind's own answer. */
  answers?: (url: string) => Promise<boolean>;
  /** What its container is to run instead of the kind's own. */
  container?: (own: ContainerOf) => ContainerOf;
}

/** In a container where the tests' services run in those; nothing is `prepared` then, its data lies in a volume. */
export const prepareInstance = <P>(kind: ServiceKind<P>, birth: Birth): Promise<Instance<P>> =>
  inContainers() ? prepareContainer(kind, birth) : prepareProcess(kind, birth);

/** In this machine's own network: servers find one another on the same addresses as processes do. */
async function prepareContainer<P>(kind: ServiceKind<P>, birth: Birth): Promise<Instance<P>> {
  const { args = [], answers = (at) => kind.answers(at), container = (own) => own } = birth;
  const password = birth.password ?? randomBytes(16).toString('hex');
  const address = { ...(birth.address ?? (await freeAddress())), password };
  const url = kind.url(address);
  const own = kind.container({ ...address, hostNetwork: true });
  const server = containerServer({
    ...container({ ...own, args: [...own.args, ...args] }),
    folder: resolve(birth.folder),
    answers: () => answers(url),
    within: kind.readyWithin,
  });
  return {
    url,
    get prepared(): P {
      throw new Error(`${kind.title} runs in a container: no file of it is on this machine`);
    },
    start: () => server.start(),
    isRunning: () => server.isRunning(),
    signal: (signal) => server.signal(signal),
    remove: () => server.remove(),
  };
}

async function prepareProcess<P>(kind: ServiceKind<P>, birth: Birth): Promise<Instance<P>> {
  const { name, args = [], answers = (at) => kind.answers(at) } = birth;
  const place = resolve(birth.folder);
  const folder = folderAt(place, name);
  const log = join(place, `${name}.log`);
  const record = join(place, `${name}.pid`);
  const password = birth.password ?? randomBytes(16).toString('hex');
  const memory: { place?: string } = {};
  const task = (what: string, program: Program) =>
    logged(log, (out) => runTask({ ...program, record: join(place, `${name}-${what}.pid`), out }));
  const prepared = await kind.prepare({ folder, memory, password, log, detail: () => {}, task });
  const address = { ...(birth.address ?? (await freeAddress())), password };
  const url = kind.url(address);
  let child: ChildProcess | undefined;

  return {
    url,
    prepared,
    async start() {
      const program = kind.command(prepared, address);
      const started = logged(log, (out) =>
        launch({ ...program, args: [...program.args, ...args], record, out, ownSession: false }),
      );
      child = started;
      const serves = async () => !isRunning(started) || (await answers(url).catch(() => false));
      const inTime = await until(serves, kind.readyWithin);
      if (!inTime || !isRunning(started)) throw new Error(`${name} did not start:\n${endOf(log)}`);
    },
    isRunning: () => child !== undefined && isRunning(child),
    async signal(signal) {
      if (!child || !isRunning(child)) return;
      const gone = ENDING.includes(signal) ? once(child, 'exit') : undefined;
      child.kill(signal);
      await gone;
    },
    async remove() {
      if (child?.pid !== undefined && isRunning(child)) {
        child.kill('SIGCONT');
        const [immediate] = kind.stopSignals.slice(-1);
        await stopProcess(identityOf(child.pid), immediate?.[0] === 'SIGQUIT' ? [immediate] : []);
      }
      for (const place of kind.places({ folder, memory })) rmSync(place, { recursive: true, force: true });
      rmSync(record, { force: true });
    },
  };
}

export const freeAddress = async () => ({ port: await freePort(), secondPort: await freePort() });

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

function logged<T>(log: string, work: (out: number) => T): T {
  const out = openSync(log, 'a');
  const close = () => closeSync(out);
  const result = work(out);
  if (result instanceof Promise) void result.then(close, close);
  else close();
  return result;
}

const endOf = (log: string): string => readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
