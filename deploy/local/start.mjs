import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PORT_BASE, apps, usualPorts } from './apps.mjs';
import { runOnce } from './once.mjs';
import { helpText, isCount, isWhole, readOptions } from './options.mjs';
import { checkout, folderAt, runFolder } from './place.mjs';
import { createProgress, seconds } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { appEnvironment, bringUp, runSetUp, startApps } from './start-apps.mjs';

const table = {
  once: {
    vi: 'chạy công việc chính (năm 2021 của Uông Bí) rồi thoát',
    en: "run the main job (Uông Bí's year 2021), then exit",
  },
  cases: {
    value: 'N|all',
    only: 'once',
    check: (text) => text === 'all' || isCount(text),
    vi: 'số hồ sơ, mặc định vừa một phút',
    en: 'how many cases; by default what a minute holds',
  },
  seed: { value: 'N', only: 'once', check: isWhole, vi: 'hạt giống của bộ sinh dữ liệu', en: "the generator's seed" },
  json: { value: 'FILE', only: 'once', vi: 'ghi kết quả ra tệp JSON', en: 'write the result as JSON' },
  'port-base': {
    value: 'N',
    check: (text) => isCount(text) && text < 65_000,
    vi: `cổng đầu tiên (nên dưới 32768), mặc định ${PORT_BASE}; hoặc đặt LIENTHONG_…_PORT`,
    en: `first port (below 32768 is best), ${PORT_BASE} by default; or set LIENTHONG_…_PORT`,
  },
  'no-visitors': { vi: 'không tự nhập hồ sơ mẫu', en: 'enter no example cases by itself' },
  scenario: {
    value: 'FILE',
    check: existsSync,
    vi: 'kịch bản sự cố cho các hệ thống giả lập (deploy/scenarios)',
    en: 'a scenario of failures for the stand-ins (deploy/scenarios)',
  },
  fresh: { vi: 'bỏ dữ liệu của lần trước', en: "remove the former runs' data first" },
  logs: { vi: 'hiện mọi dòng nhật ký, không chỉ lỗi', en: "show every log line, not only errors'" },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage:
      'npm start -- [--once [--cases N|all] [--seed N] [--json FILE]] [--port-base N] [--no-visitors] [--scenario FILE] [--fresh] [--logs] [--quiet]',
    vi: 'Liên Thông: cài, biên dịch, khởi động PostgreSQL, Redis, Kafka và các tiến trình. Ctrl-C dừng tất cả.',
    en: 'Installs, builds, starts PostgreSQL, Redis, Kafka and the processes. Ctrl-C stops all of it.',
    table,
    more: [
      '',
      '  DATABASE_URL, REDIS_URL, KAFKA_BROKERS: dùng dịch vụ có sẵn thay vì tự khởi động · services to use instead of own ones',
    ],
  });

/** The hub and its sandbox in the foreground, on the data of the last time. */
async function runUsual(options, session) {
  const began = Date.now();
  const progress = createProgress(options);
  const folder = runFolder;
  session.stopIsSuccess = true;
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm start', note: progress.note });
  progress.note('Liên Thông\n');
  const node = await prepareCode(progress);

  const { supervisor, services } = await bringUp({
    session,
    progress,
    options,
    node,
    folder,
    servicesFolder: folder,
    fresh: options.fresh,
  });
  if (options.fresh)
    for (const name of ['books', 'secrets']) rmSync(join(folder, name), { recursive: true, force: true });

  const host = process.env.LIENTHONG_HOST || '127.0.0.1';
  const { ports, taken } = await usualPorts({ base: Number(options['port-base'] ?? PORT_BASE), host });
  for (const { variable, wanted, got } of taken)
    progress.say(`  Cổng ${wanted} đã bị chiếm, dùng ${got} · port ${wanted} is taken, using ${got} (${variable})`);

  const env = appEnvironment({
    services,
    ports,
    host,
    folder,
    namespace: process.env.LIENTHONG_NAMESPACE ?? '',
    agencies: process.env.LIENTHONG_AGENCIES_DIR || join(checkout, 'deploy/provinces/demo/agencies'),
  });
  // Somebody who doesn't exist comes to the counter every few seconds, so that the pages have something to show.
  env.LIENTHONG_VISITOR_EVERY_MS = options['no-visitors'] ? '0' : process.env.LIENTHONG_VISITOR_EVERY_MS || '5000';
  if (options.scenario) env.LIENTHONG_SCENARIO = resolve(options.scenario);
  await runSetUp({ supervisor, progress, env });
  await startApps({ supervisor, progress, env, names: apps.map(({ name }) => name) });
  rememberEnvironment(session, folder, env);
  progress.say(addresses(env, Date.now() - began));
  return new Promise(() => {});
}

/** For `lienthong`: where the running hub is. It holds passwords, so only its owner may read it. */
function rememberEnvironment(session, folder, env) {
  const file = join(folderAt(folder), 'env.json');
  const ours = Object.entries(env).filter(([name]) =>
    /^(LIENTHONG_|DATABASE_URL$|REDIS_URL$|KAFKA_BROKERS$)/.test(name),
  );
  if (existsSync(file)) rmSync(file);
  writeFileSync(file, JSON.stringify(Object.fromEntries(ours)), { mode: 0o600 });
  session.atEnd(async () => rmSync(file, { force: true }));
}

function addresses(env, took) {
  const at = (variable, path = '') => `http://${env.LIENTHONG_HOST}:${env[variable]}${path}`;
  return `
  Sẵn sàng sau ${seconds(took)} · ready

    Bảng theo dõi · console        ${at('LIENTHONG_CONSOLE_PORT', '/')}
    Tờ khai tại quầy · counter     ${at('LIENTHONG_SANDBOX_PORT', '/')}
    API tiếp nhận · intake         ${at('LIENTHONG_INTAKE_PORT', '/docs')}
    Đối soát · reconciliation      ${at('LIENTHONG_RECONCILIATION_PORT')}  (docs/reconciliation.md)
    Điều khiển bản giả lập · stand-ins’ handles (docs/sandbox.md):
      lltp ${at('LIENTHONG_LLTP_CONTROL_PORT')}  cong-dvc ${at('LIENTHONG_PORTAL_CONTROL_PORT')}

  Nhật ký · logs: .lienthong/logs    Lệnh · commands: npx lienthong --help
  Ctrl-C để dừng · to stop
`;
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return options.once ? runOnce(options, session) : runUsual(options, session);
});
