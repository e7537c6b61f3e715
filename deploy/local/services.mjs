import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { reach } from './given.mjs';
import { kafka } from './kafka.mjs';
import { chooseKafka, kafkaInDocker, removeContainer, removeVolume } from './kafka-container.mjs';
import { oneAtATime } from './lock.mjs';
import { folderAt } from './place.mjs';
import { freePort, release } from './ports.mjs';
import { postgres } from './postgres.mjs';
import { isAlive, launch, myIdentity, recorded, runTask, stopLeftBehind, stopProcess, until } from './processes.mjs';
import { redis } from './redis.mjs';
import { Trouble, throwAll } from './trouble.mjs';

const chooseKinds = async (env) => [postgres, redis, await chooseKafka(env)];
const LOG_LIMIT = 20_000_000;
const IN_DOCKER =
  '  Không có Java hay Maven: Kafka chạy trong Docker · no Java or Maven here: Kafka runs in Docker (apache/kafka)';

/**
 * PostgreSQL, Redis and Kafka for this run: each from the environment where it names one, else a private instance under
 * `folder`. Several runs may share a folder: the first starts what isn't there, the last one that leaves stops it (and
 * with `discard` removes its data).
 */
export async function ensureServices({ folder, fresh = false, discard = false, log = () => {}, env = process.env }) {
  const kinds = await chooseKinds(env);
  const given = kinds.filter(({ variable }) => env[variable]);
  const own = kinds.filter((kind) => !given.includes(kind));
  await Promise.all(given.map((kind) => reach(kind, env[kind.variable])));
  const urls = Object.fromEntries(given.map(({ variable }) => [variable, env[variable]]));
  if (own.length === 0) return { ...urls, watch: () => () => {}, stop: async () => {} };
  const remark = own.includes(kafkaInDocker) ? IN_DOCKER : undefined;

  const desk = openDesk(folder, log);
  const alone = (work) => oneAtATime(join(desk.folder, 'services.lock'), work, { waiting: () => log('…') });
  await alone(async () => {
    await stopLeftBehind(desk.tasks, [['SIGTERM', 2_000]]);
    if (fresh) await startFresh(desk);
    desk.arrive();
    try {
      await startAll(desk, own, urls);
    } catch (error) {
      desk.leave();
      if (desk.others().length === 0) await stopAll(desk);
      throw error;
    }
  });
  return {
    ...urls,
    remark,
    watch: (say) => watchOver(desk, own, alone, say),
    stop: () =>
      alone(async () => {
        desk.leave();
        if (desk.others().length > 0) return;
        await stopAll(desk);
        if (discard) await removeData(desk);
      }),
  };
}

/** Says everything that this machine lacks for private services, before anything is installed. */
export async function checkNeeds(env = process.env) {
  const kinds = await chooseKinds(env);
  const needs = kinds.filter(({ variable }) => !env[variable]).flatMap((kind) => kind.needs);
  const results = await Promise.allSettled(needs.map(async (need) => need()));
  throwAll(results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason));
}

/** What a folder remembers of its instances, and who uses them. */
function openDesk(folder, log) {
  const at = folderAt(folder, 'services');
  const file = join(at, 'instances.json');
  const users = folderAt(at, 'users');
  const mine = join(users, `${process.pid}.json`);
  const memory = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return {
    folder: at,
    logs: folderAt(folder, 'logs'),
    tasks: folderAt(at, 'tasks'),
    log,
    of: (kind) => (memory[kind.name] ??= { password: randomBytes(16).toString('hex') }),
    forget: (kind) => delete memory[kind.name],
    remember() {
      writeFileSync(`${file}.new`, JSON.stringify(memory), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    arrive: () => writeFileSync(mine, JSON.stringify(myIdentity())),
    leave: () => rmSync(mine, { force: true }),
    others: () => readdirSync(users).filter((name) => join(users, name) !== mine && stillHere(join(users, name))),
  };
}

function stillHere(file) {
  try {
    if (isAlive(JSON.parse(readFileSync(file, 'utf8')))) return true;
  } catch {
    // Cut while it was written: its writer is gone.
  }
  rmSync(file, { force: true });
  return false;
}

const recordOf = (desk, kind) => join(desk.folder, `${kind.name}.pid`);
const logOf = (desk, kind) => join(desk.logs, `${kind.name}.log`);

async function startAll(desk, own, urls) {
  const states = Object.fromEntries(own.map(({ title }) => [title, '…']));
  const show = (kind, state) => {
    states[kind.title] = state;
    desk.log(
      Object.entries(states)
        .map((pair) => pair.join(' '))
        .join(', '),
    );
  };
  const results = await Promise.allSettled(
    own.map(async (kind) => {
      const since = Date.now();
      urls[kind.variable] = await ensureInstance(desk, kind, (detail) => show(kind, detail));
      show(kind, `${((Date.now() - since) / 1000).toFixed(1)} s`);
    }),
  );
  throwAll(results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason));
}

/** Takes over an instance that a killed run left running, where it answers and is as we would start it; else starts one. */
async function ensureInstance(desk, kind, detail) {
  const memory = desk.of(kind);
  const settings = createHash('sha256').update(kind.settings).digest('hex');
  // The password is on disk before any data is made with it.
  desk.remember();
  const running = recorded(recordOf(desk, kind));
  if (running) {
    if (memory.settings === settings && (await until(() => kind.answers(kind.url(memory)), 3_000)))
      return kind.url(memory);
    await stopProcess(running, kind.stopSignals);
  }
  await removeContainer(memory);
  const prepared = await kind.prepare({
    folder: desk.folder,
    memory,
    password: memory.password,
    log: logOf(desk, kind),
    detail,
    task: (name, program) => runLogged(join(desk.tasks, `${name}.pid`), logOf(desk, kind), program),
  });
  memory.port = await freePort(memory.port);
  if (kind.ports === 2) memory.secondPort = await freePort(memory.secondPort);
  memory.settings = settings;
  desk.remember();
  await startInstance(desk, kind, prepared);
  return kind.url(memory);
}

/** A program that an instance needs before it starts; found and ended by the next start if this one is killed. */
async function runLogged(record, log, program) {
  const out = openSync(log, 'a');
  try {
    return await runTask({ record, out, ...program });
  } finally {
    closeSync(out);
  }
}

async function startInstance(desk, kind, prepared) {
  const memory = desk.of(kind);
  const file = logOf(desk, kind);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) renameSync(file, `${file}.1`);
  const out = openSync(file, 'a');
  let ended;
  try {
    const child = launch({ record: recordOf(desk, kind), out, ...kind.command(prepared, memory) });
    child.unref();
    child.once('exit', (code, signal) => (ended = signal ?? `${code}`));
    child.once('error', (error) => (ended = error.message));
  } finally {
    closeSync(out);
  }
  await until(async () => ended !== undefined || kind.answers(kind.url(memory)), kind.readyWithin);
  if (ended !== undefined || !(await kind.answers(kind.url(memory)))) {
    throw new Trouble(
      `${kind.title} không khởi động được; lý do ở trên.`,
      `${kind.title} did not start; the reason is above.`,
      { log: file },
    );
  }
}

async function stopAll(desk) {
  const stop = async (kind) => {
    const running = recorded(recordOf(desk, kind));
    if (running) await stopProcess(running, kind.stopSignals);
    await removeContainer(desk.of(kind));
    rmSync(recordOf(desk, kind), { force: true });
  };
  await Promise.all([stop(kafka), stop(redis)]);
  await stop(postgres);
}

async function startFresh(desk) {
  if (desk.others().length > 0) {
    throw new Trouble(
      'Dữ liệu đang được một lần chạy khác của bản sao này dùng: hãy dừng nó trước khi dùng --fresh.',
      'Another run of this checkout is using the data: stop it before --fresh.',
    );
  }
  await stopAll(desk);
  await removeData(desk);
}

async function removeData(desk) {
  for (const kind of [postgres, redis, kafka]) {
    await removeVolume(desk.of(kind));
    const places = kind.places({ folder: desk.folder, memory: desk.of(kind) });
    for (const place of places) rmSync(place, { recursive: true, force: true });
    desk.forget(kind);
  }
  desk.remember();
}

/** Starts an instance again that ended while it was needed; said in a line. Returns how to end the watch. */
function watchOver(desk, own, alone, say) {
  let ending = false;
  let busy = false;
  const look = async () => {
    const gone = own.filter((kind) => !recorded(recordOf(desk, kind)));
    if (busy || gone.length === 0) return;
    busy = true;
    for (const kind of gone) {
      say(`${kind.title} dừng đột ngột, đang khởi động lại · ${kind.title} ended unexpectedly, starting it again`);
      // On its own port again: those who use it know no other.
      [desk.of(kind).port, desk.of(kind).secondPort].forEach(release);
      await alone(async () => ending || (await ensureInstance(desk, kind, () => {}))).catch((error) =>
        say(error.message),
      );
    }
    busy = false;
  };
  const timer = setInterval(() => void look(), 1_000);
  return () => {
    ending = true;
    clearInterval(timer);
  };
}
