import { orderMerge, type Operation, type Unmergeable } from '#ledger';
import { followOperation } from '../operate/follow-operation.js';
import { wholeOf } from '../operate/named.js';
import { operationStates } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { notYet } from './retry-group.js';

export const mergeCases: Verb = {
  words: 'case merge',
  usage: 'LOSER --into SURVIVOR --reason TEXT [--wait] [--wait-seconds N] [--json]',
  vi: 'Hai mã được xác định là một hồ sơ: nhập mã thứ nhất vào mã thứ hai. Không tách lại được. --wait: đến khi mọi cơ quan đã nhận hết sự kiện cũ.',
  en: 'Two codes found to be one case: the first becomes the second. It can’t be undone. --wait: until every agency has the loser’s own events.',
  options: {
    into: { type: 'string' },
    reason: { type: 'string' },
    wait: { type: 'boolean' },
    'wait-seconds': { type: 'string', default: '120' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const [loser = ''] = given.operands;
    const [into, reason] = [textOf(given, 'into')?.trim(), textOf(given, 'reason')?.trim()];
    if (!into) throw new Trouble('Cần --into', '--into is needed');
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    const seconds = wholeOf(given, 'wait-seconds')!;
    const isEnough = ({ state, total }: Operation): boolean =>
      state !== 'running' || (total !== null && given.options.wait !== true);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const ordered = await orderMerge(db, { loser, into, author: authorOf(terminal.env), reason });
      if (ordered.outcome !== 'ordered') throw whyNot(ordered, loser);
      const { operation, isOver } = await followOperation(db, ordered.operation.id, terminal, {
        seconds,
        outcomes: false,
        isEnough,
      });
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ operation }, null, 2));
      else {
        say(terminal.stdout, words(operation));
        if (!isOver) say(terminal.stdout, notYet(operation.id));
      }
      return isOver && operation.state !== 'failed' && operation.state !== 'cancelled' ? 0 : 1;
    });
  },
};

function words({ id, state, total, done, selection, result }: Operation): string {
  const head = `Thao tác · operation ${id}: ${operationStates[state]}`;
  if (total === null) return `${head}${typeof result?.failure === 'string' ? `: ${result.failure}` : ''}`;
  const { into, sequence } = result as { into: string; sequence: number };
  const left = done === total ? '' : `, còn chờ · waits for ${total - done}`;
  return [
    `✓ ${selection.code} → ${into}, sự kiện số · as its event ${sequence}`,
    `${head}. Cơ quan đã nhận hết sự kiện cũ · agencies through with it ${done}/${total}${left}`,
  ].join('\n');
}

function whyNot(found: Unmergeable, loser: string): Trouble {
  switch (found.outcome) {
    case 'unknown-case':
      return new Trouble(`Không có hồ sơ "${found.code}"`, `there is no case "${found.code}"`);
    case 'same-case':
      return new Trouble('Hai mã đã là một hồ sơ', 'both codes are the same case');
    case 'already-merged':
      return new Trouble(`${loser} đã nhập vào ${found.into}`, `it was merged into ${found.into} before`);
    case 'other-kind':
      return new Trouble('Hai hồ sơ khác loại', `a ${found.loser} and a ${found.survivor} can’t be one`);
    case 'other-procedure':
      return new Trouble(
        `Hai hồ sơ khác thủ tục: ${found.loser} và ${found.survivor}`,
        'cases of different procedures can’t be one',
      );
  }
}
