import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSecrets } from '../compose/secrets.mjs';
import { composeCommand, docker, needEngine } from './docker.mjs';
import { helpText, isCount, readOptions } from './options.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { freePort } from './ports.mjs';
import { until } from './processes.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, runSession, sayStopping } from './session.mjs';
import { Trouble } from './trouble.mjs';

const file = join(checkout, 'deploy/compose/compose.yaml');
const sample = join(checkout, 'test/bench/case.json');
const HEALTHY_WITHIN_MS = 300_000;
const DELIVERED_WITHIN_MS = 180_000;

const table = {
  json: { value: 'FILE', vi: 'ghi kết quả ra tệp JSON', en: 'write the result as JSON' },
  cases: { value: 'N', vi: 'số hồ sơ (mặc định 40)', en: 'how many cases (default 40)', check: isCount },
  image: {
    value: 'NAME',
    vi: 'dùng ảnh có sẵn, không dựng lại',
    en: 'use an image that is there instead of building one',
  },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage: 'npm run containers -- [--cases N] [--image NAME] [--json FILE]',
    vi: 'Dựng ảnh, chạy deploy/compose/compose.yaml, gửi hồ sơ qua đó, giết một tiến trình giữa chừng, đối soát, dọn sạch.',
    en: 'Builds the image, brings the compose file up, sends cases through it, kills a process midway, reconciles, clears away.',
    table,
  });

async function check(options, session) {
  const progress = createProgress(options);
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder: folderAt(runFolder, 'compose'), what: 'npm run containers', note: progress.note });
  await needEngine();
  const image = options.image ?? (await buildImage(progress));
  const stack = await createStack(image, session);
  const wanted = Number(options.cases ?? 40);

  await progress.step('Khởi động', 'Up', (detail) => stack.up(detail));
  const half = Math.ceil(wanted / 2);
  const key = await stack.secret('mot-cua.key');
  const codes = await progress.step('Gửi hồ sơ', 'Cases entered', async (detail) => {
    const first = await enter(stack, key, 0, half);
    const killed = await stack.crash('delivery');
    const all = [...first, ...(await enter(stack, key, half, wanted))];
    detail(`${all.length}; đã giết delivery (${killed}) · delivery killed`);
    return all;
  });
  const restarts = await progress.step('delivery chạy lại', 'delivery is back', () => stack.untilBack('delivery'));
  const delivered = await progress.step('Đến sổ cơ quan', "In the partners' books", (detail) =>
    untilInBooks(stack, codes, detail),
  );
  await progress.step('Dòng lệnh', 'Command line', async (detail) => {
    const shown = await stack.cli('case', 'show', codes.at(-1));
    if (!shown.includes(codes.at(-1))) throw new Trouble('Không thấy hồ sơ.', `case show says: ${shown}`);
    detail('cli case show');
  });
  const counted = await progress.step('Đối soát', 'Reconciliation', () => stack.reconcile());
  const result = { cases: codes.length, ...delivered, restarts, ...counted };
  if (options.json) writeFileSync(pathFromCaller(options.json), `${JSON.stringify(result, null, 2)}\n`);
  const { lost, doubled, doubted, outOfOrder, brokenChains } = counted;
  session.last = `${codes.length} cases, ${restarts} restart, lost ${lost}, doubled ${doubled} (doubted ${doubted}), out of order ${outOfOrder}`;
  return lost + outOfOrder + brokenChains === 0 && doubled <= doubted ? 0 : 1;
}

const buildImage = (progress) =>
  progress.step('Ảnh', 'Image', async (detail) => {
    await docker(['build', '--tag', 'lienthong:check', checkout]);
    detail(await docker(['image', 'ls', '--format', '{{.Size}}', 'lienthong:check']));
    return 'lienthong:check';
  });

/** A project of its own: other containers, volumes and ports than of whatever else this machine runs from the same file. */
async function createStack(image, session) {
  makeSecrets();
  const project = `lienthong-check-${randomBytes(4).toString('hex')}`;
  const ports = {};
  for (const name of ['INTAKE', 'CONSOLE', 'SANDBOX']) ports[`LIENTHONG_${name}_PORT`] = String(await freePort());
  const command = [...(await composeCommand()), '--file', file, '--project-name', project];
  const env = { ...process.env, ...ports, LIENTHONG_IMAGE: image, LIENTHONG_PROVINCE: 'uong-bi-2021' };
  const compose = (...args) => docker(args, { command, env });
  const inApp = (app, script) => compose('exec', '-T', app, 'node', '-e', script);
  const stateOf = async (service) => {
    const id = await compose('ps', '--all', '--quiet', service).catch(() => compose('ps', '--quiet', service));
    return JSON.parse(await docker(['inspect', id]))[0];
  };
  session.atEnd(() => compose('down', '--volumes', '--remove-orphans', '--timeout', '20'));

  return {
    intake: `http://127.0.0.1:${ports.LIENTHONG_INTAKE_PORT}`,
    async up(detail) {
      await session.finish(() => compose('up', '--detach'));
      const services = (await compose('config', '--services')).split('\n').filter((name) => name !== 'cli');
      const running = services.filter((name) => name !== 'setup');
      let waiting = running;
      const healthy = async () => {
        const states = await Promise.all(waiting.map(stateOf));
        waiting = waiting.filter((_, i) => states[i].State.Health?.Status !== 'healthy');
        detail(waiting.length > 0 ? `… ${waiting.join(', ')}` : `${running.length} containers`);
        return waiting.length === 0;
      };
      if (!(await until(healthy, HEALTHY_WITHIN_MS, 500))) throw await notHealthy(waiting);
    },
    secret: (name) => compose('exec', '-T', 'intake', 'cat', `/var/lib/lienthong/secrets/${name}`),
    /** kill -9 of the process itself, from within: the engine takes it for a crash and starts it again by itself. */
    async crash(app) {
      const before = (await stateOf(app)).State.Pid;
      await inApp(app, KILL_APP).catch(() => {});
      return before;
    },
    async untilBack(app) {
      const back = async () => {
        const { RestartCount, State } = await stateOf(app);
        return RestartCount > 0 && State.Health?.Status === 'healthy';
      };
      if (!(await until(back, HEALTHY_WITHIN_MS, 500))) throw await notHealthy([app]);
      return (await stateOf(app)).RestartCount;
    },
    async book(controlPort) {
      const text = await inApp('sandbox', printed(`http://127.0.0.1:${controlPort}/books?after=0`));
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    /** As docs/containers.md says it; whoever reads that must get what is said. */
    cli: (...args) => compose('run', '--rm', 'cli', ...args),
    async reconcile() {
      const underWay = async () => JSON.parse(await inApp('reconciliation', printed(`${RECONCILIATION}/under-way`)));
      const atRest = async () => Object.entries(await underWay()).every(([name, n]) => name === 'parked' || n === 0);
      if (!(await until(atRest, DELIVERED_WITHIN_MS, 500)))
        throw new Trouble('Trục vẫn chưa yên.', `The hub did not come to rest: ${JSON.stringify(await underWay())}`);
      const run = JSON.parse(await inApp('reconciliation', printed(`${RECONCILIATION}/runs`, 'POST')));
      const names = ['expected', 'delivered', 'parked', 'lost', 'doubled', 'doubted', 'outOfOrder', 'brokenChains'];
      return Object.fromEntries(names.map((name) => [name, run[name]]));
    },
  };

  async function notHealthy(names) {
    const logs = await compose('logs', '--no-color', '--tail', '30', ...names, 'setup').catch(String);
    return new Trouble(
      `${names.join(', ')} không sẵn sàng được.`,
      `${names.join(', ')} did not become healthy.\n${logs}`,
    );
  }
}

const RECONCILIATION = 'http://127.0.0.1:8083/v1';
const printed = (url, method = 'GET') =>
  `fetch('${url}', { method: '${method}' }).then(async (r) => { process.stdout.write(await r.text()); if (!r.ok) process.exitCode = 1; })`;

/** The first process is the container's init, which no signal from within ends. */
const KILL_APP = `for (const pid of require('fs').readdirSync('/proc').filter((n) => /^\\d+$/.test(n) && n !== '1')) {
  const words = require('fs').readFileSync('/proc/' + pid + '/cmdline', 'utf8').split('\\0');
  if (words[0].endsWith('node') && words.includes('deploy/image/run.mjs')) process.kill(Number(pid), 'SIGKILL');
}`;

async function enter(stack, key, from, to) {
  const application = JSON.parse(readFileSync(sample, 'utf8'));
  const codes = Array.from(
    { length: to - from },
    (_, i) => `000.00.30.H49-210531-${String(from + i + 1).padStart(4, '0')}`,
  );
  for (const code of codes) {
    const answer = await fetch(`${stack.intake}/v1/cases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...application, code }),
    });
    if (answer.status !== 202)
      throw new Trouble('Hồ sơ không được nhận.', `${code} was not accepted: ${answer.status} ${await answer.text()}`);
  }
  return codes;
}

/** Every case at both partners, and LLTP's result back at the one-stop: what the partners themselves wrote down. */
async function untilInBooks(stack, codes, detail) {
  const partners = { lltp: 8191, portal: 8192, oneStop: 8193 };
  const held = {};
  const allThere = async () => {
    for (const [name, port] of Object.entries(partners)) {
      const applied = (await stack.book(port)).filter(({ effect }) => effect === 'applied').map(({ code }) => code);
      held[name] = codes.filter((code) => applied.includes(code)).length;
    }
    detail(
      Object.entries(held)
        .map(([name, n]) => `${name} ${n}`)
        .join(', '),
    );
    return Object.values(held).every((n) => n === codes.length);
  };
  if (!(await until(allThere, DELIVERED_WITHIN_MS, 500)))
    throw new Trouble('Có hồ sơ chưa đến nơi.', `Not every case of ${codes.length} arrived: ${JSON.stringify(held)}`);
  return held;
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return check(options, session);
});
