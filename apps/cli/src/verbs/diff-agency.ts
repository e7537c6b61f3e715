import { withoutLogins } from '#agency';
import { changesNothing, compareContracts, readAgencies, type ContractChanges, type MemberChange } from '#ledger';
import { readAgencyFile } from '../agency/agency-folder.js';
import { brief } from '../operate/words.js';
import { ledgerSettings } from '../settings.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const diffAgency: Verb = {
  words: 'agency diff',
  usage: 'FILE [--json]',
  vi: 'Tệp này sẽ đổi gì so với hợp đồng đang có, theo từng phiên bản.',
  en: 'What this file would change against what is applied, by version.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const file = await readAgencyFile(given.operands[0]!, terminal.env);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const inForce = (await readAgencies(db)).find(({ id }) => id === file.id);
      const changes = compareContracts(inForce, file);
      const text = given.options.json === true ? JSON.stringify(changes, null, 2) : changeWords(changes).join('\n');
      say(terminal.stdout, withoutLogins(text));
      return 0;
    });
  },
};

const changeNames = { added: '+ thêm · added', removed: '- bỏ · removed', changed: '~ đổi · changed' } as const;

function changeWords(changes: ContractChanges): string[] {
  if (changesNothing(changes)) return [`${changes.agency}: không đổi gì · nothing changes`];
  return [
    `${changes.agency}${changes.isNew ? ': cơ quan mới · a new agency' : ''}`,
    ...changes.members.map((member) => `  ${memberWords(member)}`),
    ...changes.versions.flatMap(({ validFrom, change, members }) => [
      `  ${changeNames[change]} ${validFrom}`,
      ...members.map((member) => `      ${memberWords(member)}`),
    ]),
  ];
}

function memberWords({ path, ...values }: MemberChange): string {
  if (!('old' in values)) return `+ ${path}: ${valueWords(values.new)}`;
  if (!('new' in values)) return `- ${path}: ${valueWords(values.old)}`;
  return `~ ${path}: ${valueWords(values.old)} → ${valueWords(values.new)}`;
}

const valueWords = (value: unknown): string => brief(typeof value === 'string' ? value : JSON.stringify(value), 160);
