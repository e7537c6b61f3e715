import type { ContractRehearsal, Finding, FindingCount, RehearsalExample } from '#ledger';
import { brief } from '../operate/words.js';
import { localTime } from '../terminal/columns.js';

const findingNames: Record<Finding, string> = {
  same: 'như cũ · same',
  changed: 'khác đi · changed',
  failing: 'sẽ không lập được · failing',
  'still-failing': 'vốn đã không lập được · failing as before',
  repaired: 'nay lập được · repaired',
  'newly-received': 'mới được nhận · newly received',
  'no-longer-received': 'không còn nhận · no longer received',
};

const MOST_SHOWN = 10;

export function rehearsalWords({ agency, since, on, events, findings }: ContractRehearsal): string[] {
  const isSame = events > 0 && findings.same.events + findings['still-failing'].events === events;
  return [
    `${agency}: ${events} sự kiện từ ${localTime(since)}, theo hợp đồng gửi ngày ${on}; không gửi gì · events since then, nothing is sent` +
      (isSame ? '. Tất cả như cũ · all same' : ''),
    ...(Object.entries(findings) as [Finding, FindingCount][]).flatMap(([finding, count]) =>
      findingWords(finding, count),
    ),
  ];
}

function findingWords(finding: Finding, { events, reasons, examples }: FindingCount): string[] {
  if (events === 0 && finding !== 'same') return [];
  const most = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const left = most.length - MOST_SHOWN;
  return [
    `  ${findingNames[finding]}: ${events}`,
    ...most.slice(0, MOST_SHOWN).map(([reason, count]) => `    ${count} × ${brief(reason, 120)}`),
    ...(left > 0 ? [`    … và ${left} nữa · and ${left} more (--json)`] : []),
    ...examples.map((example) => `    ví dụ · e.g. ${exampleWords(example)}`),
  ];
}

function exampleWords({ code, sequence, members }: RehearsalExample): string {
  const differs = (members ?? []).map(({ path, change }) => `${path}: ${change}`).join(', ');
  return `${code} #${sequence}${differs === '' ? '' : `: ${brief(differs, 200)}`}`;
}
