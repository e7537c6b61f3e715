import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { parseCaseCode } from '#domain';
import { ContractBook, Database, deliveriesOf, findCase, timelineOf, type CaseHeader } from '#ledger';
import { Caller } from '../admit/authenticate.hook.js';
import { refusal, Refused } from '../admit/refusal.js';
import { Answers } from '../describe/answers.js';
import { CaseDto, DeliveriesDto, TimelineDto } from '../describe/shapes.dto.js';
import { ANY_DAY } from '../enter/to-entry-item.js';
import {
  isParty,
  showCase,
  showDeliveries,
  showTimeline,
  type CaseAnswer,
  type DeliveryAnswer,
  type TimelineAnswer,
} from './show-case.js';

@ApiTags('cases')
@ApiBearerAuth()
@ApiParam({ name: 'code', example: 'H53.14-260531-0001' })
@Controller('v1/cases')
export class ShowCaseController {
  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
  ) {}

  @Get(':code')
  @ApiOperation({ summary: 'Tình trạng hồ sơ · Where a case stands' })
  @ApiOkResponse({ type: CaseDto })
  @Answers.problems('invalid-case-code', 'unknown-case', 'not-your-case')
  async show(@Caller() agency: string, @Param('code') code: string): Promise<CaseAnswer> {
    return showCase(await this.find(agency, code));
  }

  @Get(':code/timeline')
  @ApiOperation({ summary: 'Các sự kiện của hồ sơ · A case’s events, in order' })
  @ApiOkResponse({ type: TimelineDto })
  @Answers.problems('invalid-case-code', 'unknown-case', 'not-your-case')
  async timeline(@Caller() agency: string, @Param('code') code: string): Promise<TimelineAnswer> {
    const header = await this.find(agency, code);
    return showTimeline(
      agency,
      header,
      await timelineOf(this.db, header.streamId),
      this.book.receiversOn(header.openedOn),
      this.book.routedTo(header),
    );
  }

  @Get(':code/deliveries')
  @ApiOperation({ summary: 'Hồ sơ đã đến đâu · Where a case has been delivered' })
  @ApiOkResponse({ type: DeliveriesDto })
  @Answers.problems('invalid-case-code', 'unknown-case', 'not-your-case')
  async deliveries(@Caller() agency: string, @Param('code') code: string): Promise<DeliveryAnswer> {
    const header = await this.find(agency, code);
    return showDeliveries(agency, header, await deliveriesOf(this.db, header.streamId));
  }

  private async find(agency: string, code: string): Promise<CaseHeader> {
    const form = parseCaseCode(code, ANY_DAY);
    if (form.kind === 'invalid') throw new Refused(refusal('invalid-case-code', 'path:code', form.rule));
    const header = await findCase(this.db, code);
    if (!header) throw new Refused(refusal('unknown-case', 'path:code', 'known'));
    if (!isParty(agency, header, this.book.receiversOn(header.openedOn), this.book.routedTo(header)))
      throw new Refused(refusal('not-your-case', 'path:code', 'party'));
    return header;
  }
}
