import { readFile } from 'node:fs/promises';
import { periodOf } from '#domain';
import { applyFigures, figureHistory, listFigures, publishDue, publishPeriod, readDefinitions, type Database, type FigureStanding, type KeptDefinition, type Published } from '#ledger'; // prettier-ignore
import { AgencyFileError, faultText, locateFiguresFile, type FigurePublished, type FiguresFile } from '#wire';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns, localTime } from '../terminal/columns.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const ledger = <T>(terminal: Terminal, work: Parameters<typeof withLedger<T>>[2]): Promise<T> =>
  withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, work);

export const figuresApply: Verb = {
  words: 'figures apply',
  usage: 'FILE [--note TEXT]',
  vi: 'Áp dụng tệp định nghĩa chỉ số (deploy/figures). Bản đã dùng để công bố thì không sửa được, chỉ thêm bản sau.',
  en: 'Applies a file of figure definitions. A version by which figures were published stays; a later one may follow.',
  options: { note: { type: 'string' } },
  operands: [1, 1],
  run: (given, terminal) =>
    ledger(terminal, async (db) => {
      const { figures } = await definitionsIn(given.operands[0]!);
      const by = { author: authorOf(terminal.env), note: textOf(given, 'note') ?? null };
      const answers = await applyFigures(db, figures, by);
      const refused = answers.filter((answer) => answer.outcome === 'in-use');
      for (const { id, version } of refused)
        say(
          terminal.stderr,
          `✗ ${id}: bản ${version} đã dùng để công bố, không sửa được; hãy thêm bản sau · published by, can’t change`,
        );
      if (refused.length > 0) return 1;
      for (const { id, outcome } of answers)
        say(terminal.stdout, `${id}  ${outcome === 'applied' ? 'đã áp dụng · applied' : 'không đổi · unchanged'}`);
      return 0;
    }),
};

async function definitionsIn(path: string): Promise<FiguresFile> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Trouble(`Không đọc được tệp ${path}`, `${path} can’t be read`);
  });
  try {
    return locateFiguresFile(text).file;
  } catch (error) {
    if (!(error instanceof AgencyFileError)) throw error;
    const faults = error.faults.map(faultText).join('; ');
    throw new Trouble(`Tệp ${path} có lỗi: ${faults}`, `${path} has faults`);
  }
}

export const figuresLs: Verb = {
  words: 'figures ls',
  usage: '[--of DEFINITION] [--period PERIOD] [--json]',
  vi: 'Các chỉ số đã công bố: giá trị đang có hiệu lực, tính đến lúc nào, đã sửa mấy lần; và các định nghĩa.',
  en: 'Published figures: what stands, as of when, how often revised; and the definitions.',
  options: { of: { type: 'string' }, period: { type: 'string' }, json: { type: 'boolean' } },
  run: (given, terminal) =>
    ledger(terminal, async (db) => {
      const [definition, period] = [textOf(given, 'of'), textOf(given, 'period')];
      const definitions = await readDefinitions(db.pool);
      const figures = await listFigures(db.pool, { ...(definition === undefined ? {} : { definition }), ...(period === undefined ? {} : { period }) }); // prettier-ignore
      if (given.options.json === true) {
        say(terminal.stdout, JSON.stringify({ definitions, figures }, null, 2));
        return 0;
      }
      if (definitions.length === 0)
        say(terminal.stdout, 'Chưa có định nghĩa nào: lienthong figures apply TỆP · no definition is applied');
      for (const line of columns(definitions.map(definitionLine))) say(terminal.stdout, line);
      if (figures.length === 0) say(terminal.stdout, 'Chưa công bố chỉ số nào · nothing is published');
      else {
        say(terminal.stdout, '');
        const head = ['chỉ số', 'giá trị', 'đơn vị', 'tính đến', 'đã sửa'];
        for (const line of columns([head, ...figures.map(rowOf)])) say(terminal.stdout, line);
      }
      return 0;
    }),
};

const definitionLine = ({ definition, serial }: KeptDefinition): string[] => {
  const newest = definition.versions.at(-1)!;
  return [definition.id, newest.every, newest.by ?? '–', `#${serial}`, `${newest.name.vi} · ${newest.name.en}`];
};

const rowOf = ({ figure, sequence, said }: FigureStanding): string[] => [
  figure.replace(/^figure\//, ''),
  valueOf(said),
  said.unit,
  localTime(said.asOf),
  sequence === 1 ? '–' : String(sequence - 1),
];

const valueOf = ({ value, suppressed }: Pick<FigurePublished, 'value' | 'suppressed'>): string => {
  if (suppressed === true) return 'ẩn · hidden';
  return value === null ? 'không tính được, mẫu số 0 · not computable, of nothing' : String(value);
};

export const figuresShow: Verb = {
  words: 'figures show',
  usage: 'FIGURE [--json]',
  vi: 'Một chỉ số qua các lần công bố: giá trị, tính đến lúc nào, vì sao sửa, và định nghĩa.',
  en: 'One figure through its publications: value, as of when, why revised, and its definition.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  run: (given, terminal) =>
    ledger(terminal, async (db) => {
      const name = given.operands[0]!.replace(/^(?:figure\/)?/, 'figure/');
      const history = await figureHistory(db.pool, name);
      if (history.length === 0) throw new Trouble(`Không có chỉ số ${name}`, 'no such figure');
      if (given.options.json === true) {
        say(terminal.stdout, JSON.stringify(history, null, 2));
        return 0;
      }
      const { said } = history.at(-1)!;
      const kept = (await readDefinitions(db.pool)).find(({ definition }) => definition.id === said.definition.id);
      const version = kept?.definition.versions.find(({ validFrom }) => validFrom === said.definition.version);
      say(terminal.stdout, `${name}  ${said.period.from} … ${said.period.to}`);
      if (version) say(terminal.stdout, `${version.definition.vi} · ${version.definition.en}`);
      const head = ['lần', 'giá trị', 'đơn vị', 'tử/mẫu', 'tính đến', 'lý do'];
      const rows = history.map(({ sequence, said: each }) => [
        String(sequence),
        valueOf(each),
        each.unit,
        each.denominator === undefined ? '–' : `${each.numerator}/${each.denominator}`,
        localTime(each.asOf),
        each.revises === undefined ? '–' : reasons[each.revises.reason],
      ]);
      for (const line of columns([head, ...rows])) say(terminal.stdout, line);
      return 0;
    }),
};

const reasons = {
  'late-facts': 'dữ liệu đến muộn · late facts',
  definition: 'định nghĩa mới · new definition',
} as const;

export const figuresPublish: Verb = {
  words: 'figures publish',
  usage: '[--period PERIOD] [--of DEFINITION]',
  vi: 'Tính và công bố chỉ số của một kỳ (2021, 2021-Q3, 2021-08, 2021-08-31); không ghi kỳ: những gì đến hạn. Không đổi thì không gửi.',
  en: 'Counts and publishes the figures of a period; without one, what is due. What has not changed is not sent again.',
  options: { period: { type: 'string' }, of: { type: 'string' } },
  run: (given, terminal) => ledger(terminal, async (db) => publish(db, given, terminal)),
};

async function publish(db: Database, given: Given, terminal: Terminal): Promise<number> {
  const [asked, only] = [textOf(given, 'period'), textOf(given, 'of')];
  const period = asked === undefined ? undefined : periodOf(asked);
  if (asked !== undefined && period === undefined)
    throw new Trouble(`"${asked}" không phải một kỳ: 2021, 2021-Q3, 2021-08, 2021-08-31`, 'not a period');
  const all = (await readDefinitions(db.pool)).map(({ definition }) => definition);
  if (!all.some(({ id }) => only === undefined || id === only))
    throw new Trouble('Không có định nghĩa nào như thế: lienthong figures ls', 'no such definition');
  if (period === undefined && only !== undefined) throw new Trouble('--of cần --period', '--of needs --period');
  const bar = new ProgressBar(terminal.stderr);
  let done: Published[];
  try {
    bar.show(undefined, `Đang đếm ${asked ?? ''} · counting`);
    done =
      period === undefined
        ? await publishDue(db, { tell: (share, name) => bar.show(share, name) })
        : await publishPeriod(db, all, period, only);
  } finally {
    bar.end();
  }
  if (done.length === 0)
    throw new Trouble(
      'Không định nghĩa nào có kỳ dài như thế · lienthong figures ls',
      'no definition has periods like that',
    );
  const head = ['định nghĩa', 'kỳ', 'mới · new', 'sửa · revised', 'không đổi · unchanged'];
  const rows = done.map((each) => [
    each.definition,
    each.period,
    ...[each.first, each.revised, each.unchanged].map(String),
  ]);
  for (const line of columns([head, ...rows])) say(terminal.stdout, line);
  return 0;
}
