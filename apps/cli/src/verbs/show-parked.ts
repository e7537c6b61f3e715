import { showDeliveries, type DeliveryWhole } from '#ledger';
import { shortType } from '#wire';
import { groupNamed, isFingerprint, streamNamed, wholeOf } from '../operate/named.js';
import { brief, ownerNames, stateNames, timeOf } from '../operate/words.js';
import { reasonWords } from '../operate/reason-words.js';
import { ledgerSettings } from '../settings.js';
import { columns, printable } from '../terminal/columns.js';
import { say, textOf, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const showParked: Verb = {
  words: 'parked show',
  usage: 'FINGERPRINT|CODE [--agency AGENCY] [--sequence N] [--body] [--json]',
  vi: 'Một lần chuyển, trọn vẹn: các lần gửi, cơ quan nhận trả lời gì; --body: đã gửi gì. Với một nguyên nhân: hồ sơ ví dụ.',
  en: 'One delivery whole: its attempts, what the partner said; --body: what was sent. Of a cause: its example.',
  options: {
    agency: { type: 'string' },
    sequence: { type: 'string' },
    body: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const [word = ''] = given.operands;
      const group = isFingerprint(word) ? await groupNamed(db, word) : undefined;
      const found = await showDeliveries(db, {
        stream: await streamNamed(db, group?.example ?? word),
        agency: group?.agencyId ?? textOf(given, 'agency') ?? null,
        sequence: wholeOf(given, 'sequence') ?? null,
        withBody: given.options.body === true,
      });
      const shown = group ? found.filter((delivery) => delivery.fingerprint === group.fingerprint) : found;
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ deliveries: shown }, null, 2));
      else if (shown.length === 0) say(terminal.stdout, 'Không còn gì phải chuyển · nothing is left to deliver');
      else say(terminal.stdout, shown.flatMap(words).join('\n'));
      return 0;
    });
  },
};

function words(d: DeliveryWhole): string[] {
  const state = [
    stateNames[d.state] ?? d.state,
    d.inDoubt ? 'nghi vấn · in doubt' : '',
    d.taint === 2 ? 'tiến trình dừng giữa chừng · reaped' : '',
    d.edited ? 'đã sửa · edited' : '',
  ].filter((part) => part !== '');
  return [
    `${d.code} → ${d.agencyId}, số · sequence ${d.sequence}: ${shortType(d.type)} (${d.form}), bản · revision ${d.revision}`,
    ...columns(
      [
        ['Tình trạng · state', state.join(', ')],
        ...(d.heldFor ? [['Chờ hồ sơ · waits for', d.heldFor.join(', ')]] : []),
        ['Phía · owner', d.owner === null ? '–' : (ownerNames[d.owner] ?? d.owner)],
        ['Lý do · reason', printable(reasonWords(d.reason ?? '–'))],
        ['Nguyên nhân · cause', d.fingerprint ?? '–'],
        ['Hợp đồng · contract', d.contractVersion ?? '–'],
        ['Lập lúc · planned', timeOf(d.plannedAt)],
        ['Chờ người từ · parked', timeOf(d.parkedAt)],
        ['Xong lúc · ended', timeOf(d.endedAt)],
        ...(d.copyOutUntil ? [['Có thể còn trên đường đến · copy may be out until', timeOf(d.copyOutUntil)]] : []),
      ],
      '  ',
    ),
    ...(d.attempts.length === 0
      ? ['  Chưa gửi lần nào · never sent']
      : columns(
          [
            ['lần', 'bản', 'lúc', 'ai', 'lệnh', 'kết quả', 'trả lời'],
            ...d.attempts.map((a) => [
              String(a.number),
              String(a.revision),
              timeOf(a.startedAt),
              a.operationId === null ? a.askedBy : `${a.askedBy} #${a.operationId}`,
              a.operation,
              a.outcome,
              brief(a.reply ?? '', 160),
            ]),
          ],
          '  ',
        )),
    ...(d.body === undefined
      ? []
      : [`  ${d.body === null ? 'Không giữ bản đã gửi · what was sent isn’t kept' : printable(d.body)}`]),
    '',
  ];
}
