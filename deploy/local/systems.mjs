import { helpText, isCount, readOptions } from './options.mjs';
import { runOnOwnServices } from './run-on-own-services.mjs';
import { runSession } from './session.mjs';

const table = {
  json: { value: 'FILE', vi: 'ghi bảng ra tệp JSON', en: 'write the table as JSON' },
  cases: { value: 'N', vi: 'số hồ sơ mỗi dòng (mặc định 3)', en: 'cases a row (default 3)', check: isCount },
  only: { value: 'SYSTEM,…', vi: 'chỉ những hệ thống này', en: 'these systems only' },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage: 'npm run systems -- [--json FILE] [--cases N] [--only SYSTEM,…]',
    vi: 'Chạy mọi hệ thống với bản giả lập của nó, hai chiều, rồi đếm ở sổ của hai bên.',
    en: "Runs every system against its stand-in, both ways, and counts in both sides' books.",
    table,
  });

/** Ends with 1 where anything is missing or differs. */
await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return runOnOwnServices({
    name: 'systems',
    script: 'test/systems/systems.main.ts',
    passes: ['cases', 'only'],
    options,
    session,
  });
});
