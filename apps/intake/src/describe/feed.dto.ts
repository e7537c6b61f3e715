import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { FeedAcknowledged, FeedLag } from '#ledger';
import { publishedTypes } from '#wire';
import { CloudEventDto } from '../push/cloud-event.dto.js';

class FeedLagDto implements FeedLag {
  @ApiProperty({ description: 'Events that are not acknowledged.' })
  events!: number;
  @ApiProperty({ description: 'Since the oldest of them stands in the feed.' })
  seconds!: number;
}

class ReplayedDto {
  @ApiProperty({ description: 'Position of an event of this page.' })
  position!: number;
  @ApiProperty({ description: 'The operation that put it there once more; the event’s id is the same as before.' })
  operation!: string;
}

export class FeedPageDto {
  @ApiProperty({
    type: 'array',
    description: 'The very CloudEvents that the other ways deliver, byte for byte; fewer than `limit` where they are large.', // prettier-ignore
    items: {
      allOf: [
        { $ref: getSchemaPath(CloudEventDto) },
        {
          type: 'object',
          properties: {
            type: { type: 'string', enum: [...publishedTypes] },
            sequence: { type: 'string', description: 'Place in its case.' },
          },
        },
      ],
    },
  })
  events!: unknown[];
  @ApiPropertyOptional({ type: [ReplayedDto], description: 'Which of them are replays; absent: none.' })
  replays?: ReplayedDto[];
  @ApiProperty({ description: 'Position of the last of these events: the next `after`.' })
  next!: number;
  @ApiProperty({ description: 'Position of the feed’s newest event.' })
  last!: number;
  @ApiProperty({ description: 'Position up to which the agency has acknowledged.' })
  acknowledged!: number;
  @ApiProperty({ type: FeedLagDto })
  lag!: FeedLagDto;
}

export class AcknowledgementDto {
  @ApiProperty({ minimum: 0, description: 'Position up to which everything is done.' })
  position!: number;
}

export class FeedAcknowledgedDto implements FeedAcknowledged {
  @ApiProperty()
  acknowledged!: number;
  @ApiProperty()
  last!: number;
}
