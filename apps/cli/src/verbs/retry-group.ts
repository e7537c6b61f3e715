import { orderOperation, type Database, type Selection } from '#ledger';
import { followOperation, type Followed } from '../operate/follow-operation.js';
import { groupNamed, isFingerprint, laneNamed, wholeOf } from '../operate/named.js';
import { operationStates } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const retryGroup: Verb = {
  words: 'parked retry',
  usage: 'FINGERPRINT|CODE (--rehearse | --canary N | --all) [--wait] [--wait-seconds N] [--agency AGENCY] [--json]',
  vi: 'Gửi lại: --rehearse lập lại bản gửi mà không gửi; --canary N gửi thử N hồ sơ và chờ kết quả; --all gửi hết.',
  en: 'Sends again: --rehearse maps and sends nothing; --canary N sends N and waits for their outcome; --all sends all.',
  options: {
    rehearse: { type: 'boolean' },
    canary: { type: 'string' },
    all: { type: 'boolean' },
    wait: { type: 'boolean' },
    'wait-seconds': { type: 'string', default: '120' },
    agency: { type: 'string' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const canary = wholeOf(given, 'canary');
    const { rehearse, all, wait } = given.options;
    if ([rehearse === true, canary !== undefined, all === true].filter(Boolean).length !== 1)
      throw new Trouble('Cần đúng một trong --rehearse, --canary N, --all', 'one of --rehearse, --canary N, --all');
    const seconds = wholeOf(given, 'wait-seconds')!;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const { agency, selection } = await selected(db, given);
      const operation = await orderOperation(db, {
        kind: rehearse === true ? 'rehearse' : 'retry',
        agency,
        author: authorOf(terminal.env),
        selection: { ...selection, ...(canary === undefined ? {} : { atMost: canary }) },
      });
      const outcomes = canary !== undefined || wait === true;
      const followed = await followOperation(db, operation.id, terminal, { seconds, outcomes });
      return rehearse === true
        ? sayRehearsed(followed, given, terminal)
        : sayRetried(followed, outcomes, given, terminal);
    });
  },
};

async function selected(db: Database, given: Given): Promise<{ agency: string; selection: Selection }> {
  const [word = ''] = given.operands;
  if (isFingerprint(word)) return { agency: (await groupNamed(db, word)).agencyId, selection: { fingerprint: word } };
  const { agency, stream } = await laneNamed(db, word, given);
  return { agency, selection: { stream } };
}

function sayRetried(
  { operation, aftermath, isOver }: Followed,
  outcomes: boolean,
  given: Given,
  { stdout }: Terminal,
): number {
  if (given.options.json === true) say(stdout, JSON.stringify({ operation, aftermath, isOver }, null, 2));
  else {
    say(
      stdout,
      `Thao tác · operation ${operation.id}: ${operationStates[operation.state]}, ${operation.done} hồ sơ gửi lại · cases sent again`,
    );
    say(
      stdout,
      `Đã nhận · passed ${aftermath.passed}, lại chờ người · parked again ${aftermath.parkedAgain}, đang chuyển · under way ${aftermath.underWay}`,
    );
    if (!isOver) say(stdout, notYet(operation.id));
  }
  return isOver && operation.state === 'done' && (!outcomes || aftermath.parkedAgain === 0) ? 0 : 1;
}

function sayRehearsed({ operation, isOver }: Followed, given: Given, { stdout }: Terminal): number {
  const counted = (operation.result ?? {}) as Partial<Record<string, number>> & { reasons?: Record<string, number> };
  if (given.options.json === true) say(stdout, JSON.stringify({ operation, isOver }, null, 2));
  else {
    say(
      stdout,
      `Không gửi gì · nothing sent. Bản gửi như cũ · same ${counted.same ?? 0}, khác đi · changed ${counted.changed ?? 0},` +
        ` lần đầu lập được · first ${counted.first ?? 0}, không lập được · unmappable ${counted.unmappable ?? 0}`,
    );
    for (const [reason, cases] of Object.entries(counted.reasons ?? {})) say(stdout, `  ${cases} × ${reason}`);
    if (!isOver) say(stdout, notYet(operation.id));
  }
  return isOver && operation.state === 'done' && (counted.unmappable ?? 0) === 0 ? 0 : 1;
}

export const notYet = (id: string): string =>
  `Chưa xong, vẫn tiếp tục; xem: lienthong operation show ${id} · not over yet, it goes on (is a delivery process running? is the agency paused?)`;
