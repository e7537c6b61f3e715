import { parseArgs } from 'node:util';
import { help, loadVerb, loadVerbs, wordsOfVerbs } from './verbs.js';
import { Misunderstood, say, Trouble, type Terminal, type Verb } from './verb.js';

const HELP = ['help', '--help', '-h'];

/** Exit codes: 0 well, 1 not as it should be or not possible, 2 not understood. */
export async function runVerb(args: readonly string[], terminal: Terminal): Promise<number> {
  const asked = wordsOfVerbs.find((words) => words.split(' ').every((word, i) => args[i] === word));
  if (asked === undefined) {
    const words = args.filter((word) => !HELP.includes(word));
    const isAsked = words.length < args.length || args.length === 0;
    const about = wordsOfVerbs.filter((one) => `${one} `.startsWith(words.map((word) => `${word} `).join('')));
    const isKnown = isAsked && about.length > 0;
    const shown = help(await loadVerbs(isKnown ? about : wordsOfVerbs));
    say(
      isKnown ? terminal.stdout : terminal.stderr,
      isKnown ? shown : `Không có lệnh "${args.join(' ')}" · no such command\n\n${shown}`,
    );
    return isKnown ? 0 : 2;
  }
  const verb = await loadVerb(asked);
  try {
    const given = understood(verb, args.slice(asked.split(' ').length));
    if (given.options.help === true) {
      say(terminal.stdout, help([verb]));
      return 0;
    }
    return await verb.run(given, terminal);
  } catch (error) {
    const { vi, en } = inWords(error);
    say(terminal.stderr, `✗ ${vi} · ${en}`);
    if (terminal.env.LIENTHONG_LOG_LEVEL === 'debug' && error instanceof Error) say(terminal.stderr, error.stack ?? '');
    return error instanceof Misunderstood ? 2 : 1;
  }
}

function understood(
  verb: Verb,
  args: string[],
): { options: Record<string, string | boolean | undefined>; operands: string[] } {
  const [least, most] = verb.operands ?? [0, 0];
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...verb.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: most > 0,
      strict: true,
    });
    const options = values as Record<string, string | boolean | undefined>;
    if (options.help !== true && (positionals.length < least || positionals.length > most))
      throw new Error(`${positionals.length} operands`);
    return { options, operands: positionals };
  } catch (error) {
    throw new Misunderstood(`Cách dùng: lienthong ${verb.words} ${verb.usage}`, `usage (${(error as Error).message})`);
  }
}

/** Messages of ours and of PostgreSQL's driver name settings and addresses, never a case. */
function inWords(error: unknown): { vi: string; en: string } {
  if (error instanceof Trouble) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('settings: '))
    return { vi: 'Thiếu thiết lập: `npm start` đang chạy ở đây chưa? Nếu không, xem docs/cli.md', en: message };
  return { vi: 'Lỗi ngoài dự kiến', en: message };
}
