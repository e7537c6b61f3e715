import { Body, Controller, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rehearseAgency, tryAgency, unmappedCodes, withoutLogins, type TryWhat } from '#agency';
import { compareContracts, readAgencies } from '#ledger';
import { languageOf, refusal, Refused, type Refusal, type TryRequest } from '#wire';
import { Operator } from '#service';
import { AgencyOffice, inWords, shaped } from './agency-office.js';
import { periodOf } from './period.js';
import { TellProgress } from './tell-progress.js';

const language = (request: FastifyRequest): ReturnType<typeof languageOf> =>
  languageOf(request.headers['accept-language']);

/** What a file would do, before it is applied. Nothing of the contract changes. */
@Controller('v1/agencies')
export class CheckAgencyController {
  /** The hub's secrets, and cases, go only where an applied contract of the agency sends them. */
  private readonly sending = {
    secret: (name: string): string => this.office.secrets.get(name),
    to: 'whom-an-applied-contract-names',
  } as const;

  constructor(private readonly office: AgencyOffice) {}

  @Post('diff')
  @HttpCode(200)
  @Header('content-type', 'application/json; charset=utf-8')
  async diff(@Body() yaml: unknown, @Req() request: FastifyRequest): Promise<string> {
    const { file } = await this.office.read(yaml, language(request));
    const inForce = (await readAgencies(this.office.db)).find(({ id }) => id === file.id);
    return withoutLogins(JSON.stringify(compareContracts(inForce, file)));
  }

  /** Whoever accepts NDJSON sees how far it is; whoever leaves ends it. */
  @Post('rehearse')
  async rehearse(
    @Body() yaml: unknown,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const period = periodOf(query);
    const { file } = await this.office.read(yaml, language(request));
    await this.office.walk(() =>
      new TellProgress(request, reply).while((onProgress) => rehearseAgency(this.office.db, file, period, onProgress)),
    );
  }

  @Post('unmapped')
  @HttpCode(200)
  async unmapped(
    @Body() yaml: unknown,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const period = periodOf(query);
    const { file } = await this.office.read(yaml, language(request));
    return this.office.walk(() => unmappedCodes(this.office.db, file.id, period, { file }));
  }

  /** Shows personal data: who looked at which case is written down before. */
  @Post('try')
  @HttpCode(200)
  async try(@Body() body: unknown, @Operator() operator: string, @Req() request: FastifyRequest): Promise<object> {
    const asked = shaped<TryRequest>('Try', body);
    const { file, located } = await this.office.read(asked.file, language(request));
    const tried = await tryAgency(this.office.db, file, {
      what: whatOf(asked),
      on: asked.on,
      send: asked.send === true ? this.sending : undefined,
      note: (action, caseCode) => this.office.noteLook(operator, action, file.id, caseCode),
    });
    switch (tried.outcome) {
      case 'no-version':
        throw new Refused(refusal('no-version-in-force', '/on', 'in-force'));
      case 'not-sendable':
        throw new Refused(refusal('not-sendable', '/send', 'protocol'));
      case 'not-applied': {
        const faults = located(tried.faults).map((fault) => inWords(fault, language(request)));
        throw new Refused({ code: 'not-applied', faults } satisfies Refusal);
      }
      case 'no-such-event':
        throw new Refused(refusal('unknown-event', '/case', `events:${tried.types.join('|')}`));
      case 'needs-case':
        throw new Refused(refusal('invalid-sample', '/sample', 'needs-case'));
      case 'faulty-sample': {
        const faults = tried.faults.map((fault) =>
          inWords({ ...fault, path: `/sample${fault.path}` }, language(request)),
        );
        throw new Refused({ code: 'invalid-sample', faults } satisfies Refusal);
      }
      default:
        return tried;
    }
  }
}

function whatOf({ case: code, sequence, sample }: TryRequest): TryWhat {
  if ((code === undefined) === (sample === undefined))
    throw new Refused(refusal('invalid-envelope', '/', 'case|sample'));
  return code === undefined ? { sample } : { code, sequence };
}
