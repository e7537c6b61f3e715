import { parseArgs } from 'node:util';
import { Trouble } from './trouble.mjs';

/**
 * Reads `args` by a table of options: { name: { value?: 'N', vi, en, check?, only? } }.
 * `value` names what follows the option; `only` names the option without which this one means nothing.
 */
export function readOptions(args, table, { positionals = false } = {}) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: positionals, strict: true });
  } catch (error) {
    const what = error.message.split('. ')[0];
    throw wrong(`Tham số không hợp lệ: ${what}`, `Invalid arguments: ${what}`);
  }
  const { values } = parsed;
  for (const [name, text] of Object.entries(values)) {
    const { check, only, value } = table[name];
    if (only && !values[only]) throw wrong(`--${name} chỉ dùng cùng --${only}`, `--${name} only goes with --${only}`);
    if (check && !check(text))
      throw wrong(`--${name} cần ${value}, không phải "${text}"`, `--${name} takes ${value}, not "${text}"`);
  }
  return { ...values, names: parsed.positionals };
}

const wrong = (vi, en) => new Trouble(`${vi}. Xem --help.`, `${en}. See --help.`, { exit: 2 });

export function helpText({ usage, vi, en, table, more = [] }) {
  const shown = Object.entries(table).map(([name, { value }]) => `--${name}${value ? ` ${value}` : ''}`);
  const width = Math.max(...shown.map((text) => text.length)) + 2;
  const rows = Object.values(table).map(
    (option, i) => `  ${shown[i].padEnd(width)}${option.vi}\n  ${''.padEnd(width)}${option.en}`,
  );
  return [vi, en, '', usage, '', ...rows, ...more].join('\n');
}

export const isCount = (text) => /^[1-9]\d{0,8}$/.test(text);
export const isWhole = (text) => /^\d{1,15}$/.test(text);
