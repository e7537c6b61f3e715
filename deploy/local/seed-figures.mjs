import { helpText, isCount, readOptions } from './options.mjs';
import { runOnOwnServices } from './run-on-own-services.mjs';
import { runSession } from './session.mjs';

const table = {
  json: { value: 'FILE', vi: 'ghi mọi chỉ số ra tệp JSON', en: 'write every figure as JSON' },
  cases: {
    value: 'N',
    vi: 'mẫu nhỏ hơn: N hồ sơ của Trung tâm, phần khác theo tỷ lệ',
    en: 'a smaller sample: N cases of the centre, the rest in proportion',
    check: isCount,
  },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage: 'npm run figures -- [--json FILE] [--cases N]',
    vi: 'Phát lại sự kiện của các nguồn vào sổ cái rồi tính từng chỉ số đã công bố (docs/figures.md).',
    en: "Replays the seeds' events into a ledger and counts every published figure from them (docs/figures.md).",
    table,
  });

/** Ends with 1 where a figure that can be computed differs. */
await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return runOnOwnServices({
    name: 'figures',
    script: 'test/figures/figures.main.ts',
    passes: ['cases'],
    options,
    session,
  });
});
