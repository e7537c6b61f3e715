import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { BodyKind } from '../admit/read-body.js';
import { IntakeOffice } from '../intake-office.js';
import { sendFiling } from './filing-answer.js';

/** Flow (a) of the judicial-record interface: VNeID, or the portal, files cases with the province. */
@ApiTags('partners')
@ApiParam({ name: 'agency', example: 'vneid' })
@ApiQuery({ name: 'CodeGet', description: 'Khóa của cơ quan · The agency’s key', example: 'lt_…' })
@Controller('partners/:agency/LLTP')
export class TakeFilingController {
  constructor(private readonly office: IntakeOffice) {}

  @Get('LayMaHoSo')
  @ApiOperation({ summary: 'Lấy mã hồ sơ kế tiếp · The next case code' })
  @ApiOkResponse({ schema: { type: 'string', example: 'H53.15-241112-0009' } })
  async nextCode(
    @Param('agency') agency: string,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.office.filings.nextCode(agency);
    if (typeof answer !== 'string') return sendFiling(reply, answer);
    // The sample is a JSON string; whoever asks for plain text gets it without its quotes.
    const isPlain = /^\s*text\/plain\b/i.test(accept ?? '');
    void reply
      .type(isPlain ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(isPlain ? answer : JSON.stringify(answer));
  }

  @Post('TaoHoSo')
  @RouteConfig({ body: 'filing' satisfies BodyKind })
  @ApiOperation({
    summary: 'Nộp hồ sơ, hoặc bổ sung khi được yêu cầu · File a case, or supplement it while that is wanted',
  })
  @ApiBody({ schema: { type: 'object', required: ['maHoSoMCDT', 'toKhai'] } })
  @ApiOkResponse({
    schema: {
      type: 'object',
      properties: { statusCode: { type: 'string' }, data: { nullable: true }, errorDetail: { type: 'string' } },
    },
  })
  async file(@Param('agency') agency: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendFiling(reply, await this.office.filings.file(agency, body));
  }
}
