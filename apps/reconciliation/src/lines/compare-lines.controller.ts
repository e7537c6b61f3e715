import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  countDiscrepancies,
  Database,
  findDiscrepancy,
  isRepair,
  listComparisons,
  listDiscrepancies,
  orderComparison,
  readAgencies,
  settleByHand,
  takeAsItIs,
  today,
  versionOn,
  type Agency,
} from '#ledger';
import { Operator } from '#service';
import { lineDiscrepancies, normalDay, refusal, Refused } from '#wire';
import { dailyWayOf, lineWaysOf } from './daily-comparisons.js';
import { BroughtFile } from './take-spreadsheets.js';

type Members = Record<string, unknown>;

const MOST_AT_ONCE = 500;

/** Comparisons and discrepancies for operators; the console shows them. Personal values are masked where they are kept. */
@Controller('v1')
export class CompareLinesController {
  constructor(private readonly db: Database) {}

  /**
   * Ordered; `GET` says how far it is. A spreadsheet comes as the body itself, else `{ day?, by? }`. `sure`: the file is right,
   * however unlike ours or old it looks.
   */
  @Post('agencies/:id/comparisons')
  @HttpCode(202)
  async compare(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: Members,
    @Operator() author: string,
  ): Promise<object> {
    const version = versionOn(await this.agency(id), today());
    const file = body instanceof BroughtFile ? body : undefined;
    const asked = { ...query, ...(file ? { by: 'spreadsheet' } : (body as Members | null)) };
    const ways = version ? lineWaysOf(version).map(({ by }) => by) : [];
    const source =
      asked['by'] === undefined ? version && dailyWayOf(version)?.by : ways.find((by) => by === asked['by']);
    if (source === undefined || (source === 'spreadsheet') !== (file !== undefined))
      throw new Refused({ code: 'no-way-to-compare' });
    const day = asked['day'] === undefined ? today() : normalDay(asked['day'] as string);
    if (day === undefined) throw new Refused(refusal('invalid-envelope', '/day', 'date'));
    const sure = sureIn(asked['sure']);
    const order = { agency: id, day, source, author, sure, ...(file && { file: () => file.chunks() }) };
    const { outcome, comparison } = await orderComparison(this.db, order);
    if (outcome === 'open') throw new Refused({ code: 'comparison-open' });
    return comparison;
  }

  /** Newest first. */
  @Get('agencies/:id/comparisons')
  async comparisons(@Param('id') id: string, @Query() query: Members): Promise<object> {
    await this.agency(id);
    const before = numberIn(query, 'before');
    return { comparisons: await listComparisons(this.db, { agency: id, before, limit: limitIn(query) }) };
  }

  /** By `agency`, `type`, `side`, `counted`, `all`; `after` is the last id of the page before. */
  @Get('discrepancies')
  async discrepancies(@Query() query: Members): Promise<object> {
    const type = wordIn(query, 'type');
    if (type !== null && !(lineDiscrepancies as readonly string[]).includes(type))
      throw new Refused(refusal('invalid-envelope', 'query:type', 'enum'));
    const agency = wordIn(query, 'agency');
    const found = await listDiscrepancies(this.db, {
      ...{ agency, type, side: wordIn(query, 'side'), after: numberIn(query, 'after'), limit: limitIn(query) },
      ...{ all: query['all'] === 'true', counted: query['counted'] === 'true' },
    });
    return { discrepancies: found, counts: await countDiscrepancies(this.db, agency) };
  }

  @Get('discrepancies/:id')
  async discrepancy(@Param('id') id: string): Promise<object> {
    return this.known(id);
  }

  /** `{ as }`: done now, and the next comparison says whether it helped. `{ note }`: taken as it is. */
  @Post('discrepancies/:id/settlements')
  @HttpCode(200)
  async settle(@Param('id') id: string, @Body() body: Members | null, @Operator() author: string): Promise<object> {
    const [as, note] = [body?.['as'], body?.['note']];
    if (note !== undefined && (typeof note !== 'string' || note === '' || note.length > 1_000))
      throw new Refused(refusal('invalid-envelope', '/note', 'type'));
    const one = await this.known(id);
    if (one.settledAt !== null) throw new Refused({ code: 'unknown-discrepancy' });
    if (as === undefined && note !== undefined)
      return { settled: await takeAsItIs(this.db, [id], author, note), as: 'as-it-is' };
    if (typeof as !== 'string' || !isRepair(as)) throw new Refused(refusal('invalid-envelope', '/as', 'enum'));
    const settling = { agency: one.agency, repair: as, author, reason: note ?? null };
    return { settled: await settleByHand(this.db, [id], settling), as };
  }

  private async agency(id: string): Promise<Agency> {
    const agency = (await readAgencies(this.db)).find((one) => one.id === id);
    if (!agency) throw new Refused({ code: 'unknown-agency' });
    return agency;
  }

  private async known(id: string): Promise<NonNullable<Awaited<ReturnType<typeof findDiscrepancy>>>> {
    const one = isNumber(id) ? await findDiscrepancy(this.db, id) : undefined;
    if (!one) throw new Refused({ code: 'unknown-discrepancy' });
    return one;
  }
}

function sureIn(said: unknown): boolean {
  if (said === undefined || said === 'false' || said === false) return false;
  if (said === 'true' || said === true) return true;
  throw new Refused(refusal('invalid-envelope', 'query:sure', 'type'));
}

const isNumber = (text: string): boolean => /^\d{1,18}$/.test(text);

function wordIn(query: Members, name: string): string | null {
  const word = query[name];
  if (word === undefined) return null;
  if (typeof word !== 'string' || word.length > 100)
    throw new Refused(refusal('invalid-envelope', `query:${name}`, 'type'));
  return word;
}

function numberIn(query: Members, name: string): string | null {
  const word = wordIn(query, name);
  if (word !== null && !isNumber(word)) throw new Refused(refusal('invalid-envelope', `query:${name}`, 'type'));
  return word;
}

const limitIn = (query: Members): number =>
  Math.min(MOST_AT_ONCE, Math.max(1, Number(numberIn(query, 'limit') ?? 100)));
