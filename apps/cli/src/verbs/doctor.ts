import { doctorSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, type Verb } from '../verb.js';
import { examine } from './examine.js';
import type { Finding } from './finding.js';

export const doctor: Verb = {
  words: 'doctor',
  usage: '[--json]',
  vi: 'Cái gì đang chạy, cái gì còn thiếu, vì sao.',
  en: 'What is up, what is missing, and why.',
  options: { json: { type: 'boolean' } },
  async run({ options }, { env, stdout }) {
    const findings = await examine(doctorSettings(env), env);
    const ok = findings.every(({ state }) => state !== 'missing');
    if (options.json === true) say(stdout, JSON.stringify({ ok, findings }, null, 2));
    else {
      for (const line of columns(findings.map((f) => [mark[f.state], f.name, `${f.vi} · ${f.en}`]))) say(stdout, line);
      say(
        stdout,
        ok
          ? '\nĐủ để hoạt động · all that is needed is there'
          : '\nCòn thiếu những dòng có ✗ · what has a ✗ is missing',
      );
    }
    return ok ? 0 : 1;
  },
};

const mark: Record<Finding['state'], string> = { well: '✓', warning: '!', missing: '✗' };
