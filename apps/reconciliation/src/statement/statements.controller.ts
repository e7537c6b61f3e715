import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Query, Res, StreamableFile, UseFilters } from '@nestjs/common'; // prettier-ignore
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { PassThrough } from 'node:stream';
import { listStatements, statementBundle, statementDocument, statementKeys, takeSignature, takeSignedPdf, type Signed, type StatementRow } from '#ledger'; // prettier-ignore
import {
  refusal,
  Refused,
  statementPage,
  validateSignatureRequest,
  type Refusal,
  type SignatureRequest,
  type StatementBundle,
} from '#wire';
import { writeWorkbook } from '../workbook/workbook.js';
import { Reader, type StatementReader } from './admit.hook.js';
import { RefuseStatementFilter } from './refuse.filter.js';
import { StatementOffice, type Place } from './statement-office.js';
import { statementWorkbook } from './statement-workbook.js';

const PAGE = 100;
const NAME = /^(\d{4}-\d\d-\d\d)(?:\.(json|html|xlsx))?$/;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const door = { statements: true };

/** Statements for those whom they are of, and for operators. */
@UseFilters(RefuseStatementFilter)
@Controller('v1')
export class StatementsController {
  constructor(private readonly office: StatementOffice) {}

  /** Of all agencies, newest first; `before` a day turns the page. For operators. */
  @Get('statements')
  @RouteConfig(door)
  async listAll(
    @Reader() reader: StatementReader,
    @Query('before') before?: string,
  ): Promise<{ statements: StatementRow[] }> {
    if ('agency' in reader) throw new Refused(refusal('not-your-statement', 'path', 'operator'));
    return { statements: await this.list(null, before) };
  }

  @Get('agencies/:id/statements')
  @RouteConfig(door)
  async listOne(
    @Reader() reader: StatementReader,
    @Param('id') agency: string,
    @Query('before') before?: string,
  ): Promise<{ statements: StatementRow[] }> {
    // prettier-ignore
    mayRead(reader, agency);
    return { statements: await this.list(agency, before) };
  }

  /** The keys by which statements are signed: the hub's, and the agency's. */
  @Get('agencies/:id/statement-keys')
  @RouteConfig(door)
  async keys(@Reader() reader: StatementReader, @Param('id') agency: string): Promise<object> {
    mayRead(reader, agency);
    const keys = await statementKeys(this.office.db.pool);
    return {
      keys: keys
        .filter(({ agencyId }) => agencyId === null || agencyId === agency)
        .map(({ keyId, agencyId, spki, validFrom, validUntil }) => ({
          keyId,
          party: agencyId === null ? 'ours' : 'theirs',
          spki: spki.toString('base64'),
          validFrom,
          validUntil,
        })),
    };
  }

  /** The canonical bytes that both sides sign; with `.json` the file that is verified, with `.html` or `.xlsx` for reading. */
  @Get('agencies/:id/statements/:name')
  @RouteConfig(door)
  async show(
    @Reader() reader: StatementReader,
    @Param('id') agency: string,
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    mayRead(reader, agency);
    const [, day, form] = NAME.exec(name) ?? [];
    if (day === undefined || !isDay(day)) throw unknown();
    void reply.header('cache-control', 'no-store');
    if (form === undefined) return this.bytes({ agency, day }, reply);
    const bundle = await statementBundle(this.office.db, agency, day);
    if (!bundle) throw unknown();
    return inForm(bundle, form);
  }

  @Post('agencies/:id/statements/:day/signatures')
  @HttpCode(200)
  @RouteConfig(door)
  async sign(
    @Reader() reader: StatementReader,
    @Param('id') agency: string,
    @Param('day') day: string,
    @Body() body: unknown,
  ): Promise<object> {
    // prettier-ignore
    isOwner(reader, agency);
    const faults = validateSignatureRequest(body);
    if (faults.length > 0) throw new Refused({ code: 'invalid-envelope', faults });
    const { keyId, signature } = body as SignatureRequest;
    const taken = await takeSignature(this.office.db, placeOf(agency, day), { keyId, signature: Buffer.from(signature, 'base64') }); // prettier-ignore
    return { outcome: outcomeOf(taken, '/keyId') };
  }

  /** A PDF that was signed by other means. It is kept as it is; whether its signatures are good, the hub doesn't judge. */
  @Put('agencies/:id/statements/:day/signed-pdf')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RouteConfig(door)
  async handIn(
    @Reader() reader: StatementReader,
    @Param('id') agency: string,
    @Param('day') day: string,
    @Body() body: unknown,
  ): Promise<object> {
    // prettier-ignore
    isOwner(reader, agency);
    if (!Buffer.isBuffer(body) || !body.subarray(0, 1_024).includes('%PDF-'))
      throw new Refused(refusal('unsupported-media-type', 'header:content-type', 'application/pdf'));
    const signer = await this.office.signer();
    if (!signer) throw new Refused({ code: 'no-hub-key' });
    const taken = await takeSignedPdf(this.office.db, placeOf(agency, day), body, signer);
    return { outcome: outcomeOf(taken, '/'), file: taken.file };
  }

  private list(agency: string | null, before: string | undefined): Promise<StatementRow[]> {
    if (before !== undefined && !isDay(before)) throw new Refused(refusal('invalid-envelope', 'query:before', 'date'));
    return listStatements(this.office.db, { agency, before: before ?? null, limit: PAGE });
  }

  private async bytes({ agency, day }: Place, reply: FastifyReply): Promise<StreamableFile> {
    const kept = await statementDocument(this.office.db, agency, day);
    if (!kept) throw unknown();
    void reply.header('etag', `"${kept.hash}"`);
    return new StreamableFile(Buffer.from(kept.document, 'utf8'), { type: 'application/json; charset=utf-8' });
  }
}

function inForm(bundle: StatementBundle, form: string): StreamableFile {
  if (form === 'json')
    return new StreamableFile(Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`), { type: 'application/json; charset=utf-8' }); // prettier-ignore
  if (form === 'html') return new StreamableFile(Buffer.from(statementPage(bundle)), { type: 'text/html; charset=utf-8' }); // prettier-ignore
  const to = new PassThrough();
  // A reader that goes away ends it; what is written then goes nowhere.
  writeWorkbook(to, statementWorkbook(bundle)).catch((error: Error) => to.destroy(error));
  return new StreamableFile(to, { type: XLSX });
}

/** Said before anything else, so that nobody learns which agencies there are. */
function mayRead(reader: StatementReader, agency: string): void {
  if ('agency' in reader && reader.agency !== agency)
    throw new Refused(refusal('not-your-statement', 'path:id', 'own'));
}

/** Only the agency itself signs, whatever an operator may read. */
function isOwner(reader: StatementReader, agency: string): void {
  if (!('agency' in reader) || reader.agency !== agency)
    throw new Refused(refusal('not-your-statement', 'path:id', 'own'));
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
const unknown = (): Refused => new Refused({ code: 'unknown-statement' });

function placeOf(agency: string, day: string): Place {
  if (!isDay(day)) throw unknown();
  return { agency, day };
}

const refusals = {
  'no-statement': 'unknown-statement',
  'unknown-key': 'unknown-statement-key',
  'wrong-signature': 'wrong-signature',
  'key-not-named': 'key-not-named',
} as const satisfies Record<string, Refusal['code']>;

function outcomeOf({ outcome }: Signed, path: string): 'signed' | 'already' {
  if (outcome === 'signed' || outcome === 'already') return outcome;
  throw new Refused(refusal(refusals[outcome], path, outcome));
}
