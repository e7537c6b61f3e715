import { Body, Controller, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { applyChecked, retireAgency, rollBackAgency } from '#agency';
import { pauseAgency, resumeAgency, standingAgencies, type Applied } from '#ledger';
import {
  languageOf,
  refusal,
  Refused,
  type Language,
  type PauseRequest,
  type ReasonRequest,
  type RollBackRequest,
} from '#wire';
import { Operator } from '#service';
import { AgencyOffice, inWords, refuse, shaped } from './agency-office.js';
import { flagOf } from './period.js';

const MOST_NOTE = 1_000;

/** What changes a contract, or whether anything is sent. Who did it is whose key it was. */
@Controller('v1/agencies')
export class ChangeAgencyController {
  constructor(private readonly office: AgencyOffice) {}

  /** In force in every process within two seconds; a faulty file changes nothing. */
  @Post('apply')
  @HttpCode(200)
  async apply(
    @Body() yaml: unknown,
    @Query() query: Record<string, unknown>,
    @Operator() author: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const language = languageOf(request.headers['accept-language']);
    const note = noteOf(query.note);
    const read = await this.office.read(yaml, language, !flagOf(query, 'withoutSecrets'));
    const applied = await this.office.walk(() => applyChecked(this.office.db, [read], { author, note }));
    if (applied.outcome === 'loses-codes') {
      const faults = applied.agencies.flatMap((agency) => agency.faults.map((fault) => inWords(fault, language)));
      return refuse({ code: 'code-still-in-use', faults });
    }
    return { ...appliedOne(applied, language), topics: await this.office.makeTopics(read.file.id) };
  }

  @Post(':id/rollback')
  @HttpCode(200)
  async rollBack(
    @Param('id') id: string,
    @Body() body: unknown,
    @Operator() author: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { to, reason, withoutSecrets } = shaped<RollBackRequest>('RollBack', body);
    const language = languageOf(request.headers['accept-language']);
    const agency = await this.office.known(id);
    const has = withoutSecrets ? undefined : this.office.hasSecret;
    const rolled = await rollBackAgency(this.office.db, { agency, to, reason, author }, has);
    if (rolled.outcome === 'no-such-serial') return refuse({ code: 'unknown-contract' });
    if (rolled.outcome === 'faulty')
      return refuse({ code: 'invalid-agency-file', faults: rolled.faults.map((fault) => inWords(fault, language)) });
    return { ...appliedOne(rolled.applied, language), document: rolled.serial };
  }

  @Post(':id/pause')
  @HttpCode(200)
  async pause(@Param('id') id: string, @Body() body: unknown, @Operator() author: string): Promise<object> {
    const { reason, until } = shaped<PauseRequest>('Pause', body);
    const end = until === undefined ? null : new Date(until);
    if (end !== null && end.getTime() <= Date.now())
      throw new Refused(refusal('invalid-envelope', '/until', 'in-the-future'));
    const agency = await this.office.known(id);
    await pauseAgency(this.office.db, agency, reason, end, author);
    const standing = (await standingAgencies(this.office.db)).find(({ agencyId }) => agencyId === agency);
    return { agency, paused: standing?.paused ?? null, waiting: standing?.waiting ?? 0 };
  }

  /** `resumed` false: it wasn't paused. */
  @Post(':id/resume')
  @HttpCode(200)
  async resume(@Param('id') id: string, @Body() body: unknown, @Operator() author: string): Promise<object> {
    const { reason } = shaped<ReasonRequest>('Reason', body);
    const agency = await this.office.known(id);
    return { agency, resumed: await resumeAgency(this.office.db, agency, author, reason) };
  }

  @Post(':id/retire')
  @HttpCode(200)
  async retire(@Param('id') id: string, @Body() body: unknown, @Operator() author: string): Promise<object> {
    const { reason } = shaped<ReasonRequest>('Reason', body);
    const retired = await retireAgency(this.office.db, id, reason, author);
    return retired.outcome === 'retired'
      ? { ...retired.applied, left: retired.left }
      : refuse({ code: 'unknown-agency' });
  }
}

function appliedOne(applied: Applied, language: Language): object {
  if (applied.outcome === 'applied') return applied.agencies[0]!;
  const faults = applied.versions.map(({ validFrom, open }) => ({
    path: `/versions/${validFrom}`,
    rule: 'still-needed',
    detail: language === 'vi' ? `${open} lần chuyển chưa xong` : `${open} deliveries that haven’t ended`,
  }));
  return refuse({ code: 'version-still-needed', faults });
}

function noteOf(note: unknown): string | null {
  if (note === undefined) return null;
  if (typeof note === 'string' && note.length <= MOST_NOTE) return note;
  throw new Refused(refusal('invalid-envelope', 'query:note', `maxLength:${MOST_NOTE}`));
}
