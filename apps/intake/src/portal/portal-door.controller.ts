import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../admit/authenticate.hook.js';
import type { BodyKind } from '../admit/read-body.js';
import { refusal, Refused } from '../admit/refusal.js';
import { DoorAnswers } from '../describe/door-answers.js';
import { FiledFormDto, LogInDto, SharedEnvelopeDto, SyncEnvelopeDto } from '../describe/door-shapes.dto.js';
import { IntakeOffice } from '../intake-office.js';
import { sendDoor, sendFiled, type DoorAnswer } from './door-answer.js';

const envelope = { body: 'envelope' satisfies BodyKind };
const form = { body: 'form' satisfies BodyKind, keyed: true };

/** A system that speaks the portal's protocol changes its address only. */
@ApiTags('partners')
@ApiParam({ name: 'agency', example: 'mot-cua' })
@Controller('partners/:agency')
export class PortalDoorController {
  constructor(private readonly office: IntakeOffice) {}

  @Post('login')
  @RouteConfig(envelope)
  @ApiOperation({ summary: 'Đăng nhập như tại Cổng · Log in as at the national portal' })
  @ApiBody({ type: LogInDto })
  @DoorAnswers('login')
  async logIn(@Param('agency') agency: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendDoor(reply, await this.answer(() => this.office.portalDoor.logIn(agency, body)));
  }

  @Post('integration')
  @RouteConfig(envelope)
  @ApiOperation({ summary: 'DongBoHoSoMC, CapNhatTienDoHoSoMC · Sync cases, report progress' })
  @ApiBody({ type: SyncEnvelopeDto })
  @DoorAnswers('rows')
  async integrate(@Param('agency') agency: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendDoor(reply, await this.answer(() => this.office.portalDoor.integrate(agency, body)));
  }

  @Post('share')
  @RouteConfig(envelope)
  @ApiOperation({ summary: 'TraCuuHoSo · Where a case stands' })
  @ApiBody({ type: SharedEnvelopeDto })
  @DoorAnswers('case')
  async share(@Param('agency') agency: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendDoor(reply, await this.answer(() => this.office.portalDoor.share(agency, body)));
  }

  @Post('filed')
  @RouteConfig(form)
  @ApiOperation({ summary: 'Hồ sơ nộp tại Cổng · A case that was filed on the portal' })
  @ApiBearerAuth()
  @ApiBody({ type: FiledFormDto })
  @DoorAnswers('filed')
  async file(
    @Param('agency') agency: string,
    @Caller() caller: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.office.isOpen()) throw new Refused({ code: 'unavailable' });
    if (caller !== agency) throw new Refused(refusal('wrong-credentials', 'header:authorization', 'of-this-agency'));
    const answer = await this.office.takeFiled.run(agency, body);
    sendFiled(reply, answer);
  }

  /** Until the contracts are known nothing can be judged. */
  private answer(ask: () => Promise<DoorAnswer>): Promise<DoorAnswer> {
    if (!this.office.isOpen()) throw new Refused({ code: 'unavailable' });
    return ask();
  }
}
