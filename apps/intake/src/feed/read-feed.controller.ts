import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger'; // prettier-ignore
import type { FastifyReply } from 'fastify';
import { acknowledgeFeed, ContractBook, Database, readFeed, today, type FeedPage } from '#ledger';
import { endingHeaders, usualSpoken } from '#wire';
import { Caller } from '../admit/authenticate.hook.js';
import { refusal, Refused } from '../admit/refusal.js';
import { Answers } from '../describe/answers.js';
import { AcknowledgementDto, FeedAcknowledgedDto, FeedPageDto } from '../describe/feed.dto.js';
import { CloudEventDto } from '../push/cloud-event.dto.js';
import { LONGEST_WAIT, MOST_EVENTS, positionIn, readQuestion } from './feed-question.js';
import { WaitForNews } from './wait-for-news.js';

@ApiTags('feed')
@ApiBearerAuth()
@ApiExtraModels(CloudEventDto)
@ApiParam({ name: 'id', description: 'The agency whose key is used.', example: 'bo-tu-phap' })
@Controller('v1/agencies')
export class ReadFeedController {
  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
    private readonly news: WaitForNews,
  ) {}

  /** Bodies leave as they were appended, byte for byte. */
  @Get(':id/events')
  @ApiOperation({
    summary: 'Đọc luồng sự kiện của cơ quan mình · Read one’s own feed',
    description:
      'Events after a position, in order, without gaps: none that is committed later can come before one that was read. Ask again with `after` = `next`. Where the contract’s version of events has a printed end, `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) say so.',
  })
  @ApiQuery({ name: 'after', required: false, description: 'Default: after the acknowledged position.', schema: { type: 'integer', minimum: 0 } }) // prettier-ignore
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: MOST_EVENTS, default: 100 } }) // prettier-ignore
  @ApiQuery({ name: 'wait', required: false, description: 'Seconds to wait for the first event where there is none.', schema: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT, default: 0 } }) // prettier-ignore
  @ApiOkResponse({ type: FeedPageDto })
  @Answers.problems('invalid-envelope', 'not-your-feed', 'no-feed', 'beyond-feed', 'feed-cleared')
  async read(
    @Caller() caller: string,
    @Param('id') agency: string,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.mayRead(caller, agency);
    const { after, limit, wait } = readQuestion(query);
    const page = await this.news.until(
      agency,
      { ms: wait * 1_000, gone: whenGone(reply) },
      async () => (await readFeed(this.db, agency, after, limit)) ?? this.empty(agency, after ?? 0),
      // What is wrong with the question is said at once.
      (found) => found.bodies.length > 0 || found.after !== found.last,
    );
    if (page.after > page.last) throw new Refused(refusal('beyond-feed', 'query:after', `maximum:${page.last}`));
    if (page.after < page.cleared)
      throw new Refused({ ...refusal('feed-cleared', 'query:after', `minimum:${page.cleared}`), oldest: page.cleared });
    const spoken = this.book.version(agency, today())?.consumes?.speaks ?? usualSpoken;
    void reply
      .code(200)
      .type('application/json; charset=utf-8')
      .headers({ 'cache-control': 'no-store', ...endingHeaders(spoken) })
      .send(textOf(page));
  }

  @Post(':id/acknowledgements')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Xác nhận đã làm xong đến vị trí này · Acknowledge up to a position',
    description: 'Everything up to and with this position is done. A lower one than before changes nothing.',
  })
  @ApiBody({ type: AcknowledgementDto })
  @ApiOkResponse({ type: FeedAcknowledgedDto })
  @Answers.problems('malformed-json', 'invalid-utf8', 'invalid-envelope', 'too-large', 'unsupported-media-type', 'not-your-feed', 'no-feed', 'beyond-feed') // prettier-ignore
  async acknowledge(
    @Caller() caller: string,
    @Param('id') agency: string,
    @Body() body: unknown,
  ): Promise<FeedAcknowledgedDto> {
    this.mayRead(caller, agency);
    const position = positionIn(body);
    const done = await acknowledgeFeed(this.db, agency, position);
    if (done === undefined) this.empty(agency, position);
    if (done === 'beyond' || (done === undefined && position > 0))
      throw new Refused(refusal('beyond-feed', '/position', 'appended'));
    return done ?? { acknowledged: 0, last: 0 };
  }

  /** Said before anything else, so that nobody learns which agencies there are. */
  private mayRead(caller: string, agency: string): void {
    if (caller !== agency) throw new Refused(refusal('not-your-feed', 'path:id', 'own'));
  }

  /** A feed to which nothing has come yet; one that nothing will ever come to is told apart. */
  private empty(agency: string, after: number): FeedPage {
    if (this.book.version(agency, today())?.protocol !== 'feed')
      throw new Refused(refusal('no-feed', 'path:id', 'contract:feed'));
    const nothing = { bodies: [], replays: [], last: 0, acknowledged: 0, cleared: 0, lag: { events: 0, seconds: 0 } };
    return { ...nothing, after, next: after };
  }
}

function whenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

const textOf = ({ bodies, replays, next, last, acknowledged, lag }: FeedPage): string =>
  `{"events":[${bodies.join(',')}],${JSON.stringify({ ...(replays.length > 0 ? { replays } : {}), next, last, acknowledged, lag }).slice(1)}`;
