import { noteLook, ourCases, readAgencies, today, versionOn, type Database } from '#ledger';
import type { Secrets } from '#service';
import { normalDay, refusal, Refused, waysOf, type ReconcileLines } from '#wire';
import { readSome, type SomeLines } from './read-some.js';
import { isLines, sourceFor, type SourceDeps } from './source-for.js';
import { BroughtFile } from '../lines/take-spreadsheets.js';

const PATIENCE_MS = 120_000;

/** Shows an operator how a partner's books are read on one day, before they are compared. */
export class ReadLines {
  constructor(
    private readonly db: Database,
    private readonly secrets: Secrets,
    private readonly folders: { dailyFiles: string },
  ) {}

  /** A spreadsheet comes as the body itself. `by`: one way of several. */
  async run(
    id: string,
    body: unknown,
    query: Record<string, unknown>,
    operator: string,
  ): Promise<SomeLines & { by: string; day: string }> {
    const agency = (await readAgencies(this.db)).find((one) => one.id === id);
    if (!agency) throw new Refused({ code: 'unknown-agency' });
    const day = query['day'] === undefined ? today() : normalDay(query['day'] as string);
    if (day === undefined) throw new Refused(refusal('invalid-envelope', 'query:day', 'date'));
    const contract = versionOn(agency, today());
    const file = body instanceof BroughtFile ? body : undefined;
    const wanted = file ? 'spreadsheet' : query['by'];
    const fits = (way: ReconcileLines): boolean =>
      wanted === undefined
        ? way.by !== 'spreadsheet'
        : way.by === wanted || (file !== undefined && way.by === 'daily-file');
    // What a file is meant for goes before what it can be read as.
    const ways = contract ? waysOf(contract).filter(isLines) : [];
    const way = ways.find(({ by }) => by === wanted) ?? ways.find(fits);
    if (!contract || !way) throw new Refused({ code: 'no-way-to-compare' });
    await noteLook(this.db, { operator, door: 'api', action: 'try', agency: id, caseCode: null });
    const deps: SourceDeps = {
      secret: (name) => this.secrets.get(name),
      ourCases: (range) => ourCases(this.db, id, range),
      day,
      dailyFiles: this.folders.dailyFiles,
      uploaded: file && (() => Promise.resolve(file.bytes)),
    };
    const table: ReconcileLines = file && way.by === 'daily-file' ? asSpreadsheet(way) : way;
    const source = sourceFor(id, contract, table, deps);
    const some = await readSome(source, { from: day, to: day }, AbortSignal.timeout(PATIENCE_MS));
    return { by: way.by, day, ...some };
  }
}

/** A daily file that a person has in hand is read as the partner's own would be. */
function asSpreadsheet({
  file: _,
  secret: __,
  by: ___,
  ...table
}: Extract<ReconcileLines, { by: 'daily-file' }>): ReconcileLines {
  // prettier-ignore
  return { ...table, by: 'spreadsheet' };
}
