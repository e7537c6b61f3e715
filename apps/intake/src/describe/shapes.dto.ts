import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { problems, type Fault, type Problem, type ProblemCode } from '#wire';
import type { EntryAnswer } from '../enter/enter-report.js';
import type { CaseAnswer, DeliveryAnswer, TimelineAnswer } from '../ask/show-case.js';

const problemCodes = Object.keys(problems) as ProblemCode[];

export class FaultDto implements Fault {
  @ApiProperty({
    description: 'JSON Pointer into the body (`/`: the body as a whole), or `header:` or `path:` and a name.',
    example: '/applicant/name',
  })
  path!: string;
  @ApiProperty({ description: 'The rule that is broken, for machines.', example: 'maxLength:300' })
  rule!: string;
  @ApiPropertyOptional()
  detail?: string;
}

class HashesDto {
  @ApiProperty({ description: 'sha-256 of what the hub holds.' })
  held!: string;
  @ApiProperty({ description: 'sha-256 of what came.' })
  received!: string;
}

/** RFC 9457. Never repeats what was sent. */
export class ProblemDto implements Problem {
  @ApiProperty({ example: 'urn:lienthong:problem:invalid-case-code' })
  type!: string;
  @ApiProperty({ description: 'Vietnamese, or English by Accept-Language.' })
  title!: string;
  @ApiProperty()
  status!: number;
  @ApiProperty({ enum: problemCodes, description: 'Stable.' })
  code!: ProblemCode;
  @ApiProperty()
  detail!: string;
  @ApiPropertyOptional({ type: [FaultDto] })
  faults?: FaultDto[];
  @ApiPropertyOptional({ type: HashesDto, description: 'With conflicting-body.' })
  hashes?: HashesDto;
  @ApiPropertyOptional({ description: 'With feed-cleared: the smallest `after` that still leaves nothing out.' })
  oldest?: number;
}

export class EntryAnswerDto implements EntryAnswer {
  @ApiProperty({
    enum: ['accepted', 'repeated', 'unchanged'],
    description:
      'accepted: committed just now (202). repeated: the earlier answer (200). unchanged: the state is known (200).',
  })
  outcome!: EntryAnswer['outcome'];
  @ApiProperty({ example: 'case/H53.14-260531-0001' })
  subject!: string;
  @ApiPropertyOptional({ format: 'uuid' })
  eventId?: string;
  @ApiPropertyOptional({ description: 'Place in the case’s stream, from 1.' })
  sequence?: number;
  @ApiPropertyOptional({ description: 'sha-256 of the body in canonical form.' })
  hash?: string;
  @ApiPropertyOptional({ type: [Number], description: 'Statuses that were left out on the way here.' })
  skipped?: NonNullable<EntryAnswer['skipped']>;
}

export class LineAnswerDto extends EntryAnswerDto {
  @ApiProperty({ description: 'Number of the line that is answered, from 1.' })
  line!: number;
  @ApiProperty({ description: '202 or 200; a line that was refused is a Problem with `line`.' })
  status!: number;
}

export class CaseDto implements CaseAnswer {
  @ApiProperty()
  code!: string;
  @ApiProperty({ example: '2.000488' })
  procedure!: string;
  @ApiProperty({ description: 'Agency that entered the case.' })
  enteredBy!: string;
  @ApiProperty({ format: 'date' })
  openedOn!: string;
  @ApiProperty({ minimum: 1, maximum: 10 })
  status!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  dueAt!: string | null;
  @ApiProperty({ description: 'Events so far.' })
  sequence!: number;
  @ApiProperty({ description: 'Hash of the newest event, which covers all before it.' })
  headHash!: string;
  @ApiPropertyOptional({ description: 'The case that this code was found to be: its events go there.' })
  mergedInto?: string;
  @ApiPropertyOptional({ type: [String], description: 'Codes that were found to be this case.' })
  merged?: string[];
}

export class TimelineEventDto {
  @ApiProperty()
  sequence!: number;
  @ApiProperty({ format: 'uuid' })
  eventId!: string;
  @ApiProperty()
  type!: string;
  @ApiProperty()
  sender!: string;
  @ApiProperty()
  status!: number;
  @ApiPropertyOptional({ type: [Number] })
  skipped?: number[];
  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;
  @ApiProperty({ description: 'sha-256 of the body in canonical form.' })
  bodyHash!: string;
  @ApiProperty({ description: 'Chained: covers the event before.' })
  hash!: string;
  @ApiPropertyOptional({ description: 'The payload, where the asking agency sent the event or receives it.' })
  data?: unknown;
}

export class TimelineDto implements TimelineAnswer {
  @ApiProperty({ example: 'case/H53.14-260531-0001' })
  subject!: string;
  @ApiProperty({ type: [TimelineEventDto] })
  events!: TimelineEventDto[];
}

export class DeliveryDto {
  @ApiProperty()
  agency!: string;
  @ApiProperty({ description: 'Of the event that is delivered.' })
  sequence!: number;
  @ApiProperty({ enum: ['open', 'parked', 'acknowledged', 'superseded', 'closed'] })
  state!: string;
  @ApiPropertyOptional({ enum: ['turn', 'timer', 'person'], description: 'What it waits for.' })
  wait?: string;
  @ApiPropertyOptional({ format: 'date-time' })
  wakeAt?: string;
  @ApiPropertyOptional({ type: [String], description: 'Codes merged into this case whose own events go first.' })
  heldFor?: string[];
  @ApiProperty({ description: 'The partner may hold it without our knowing.' })
  inDoubt!: boolean;
  @ApiProperty()
  attempts!: number;
  @ApiProperty({ format: 'date-time' })
  plannedAt!: string;
  @ApiPropertyOptional({ format: 'date-time' })
  endedAt?: string;
  @ApiPropertyOptional({ enum: ['ours', 'theirs', 'data'], description: 'Whose turn it is with a parked delivery.' })
  owner?: string;
  @ApiPropertyOptional({ description: 'Why it is parked, for the agency that entered the case and the one it is for.' })
  reason?: string;
}

export class DeliveriesDto implements DeliveryAnswer {
  @ApiProperty()
  subject!: string;
  @ApiProperty({ type: [DeliveryDto], description: 'All for the agency that entered the case; for others their own.' })
  deliveries!: DeliveryDto[];
}

export class FileAnswerDto {
  @ApiProperty({ enum: ['kept', 'held'], description: 'kept: new (201). held: the hub had these bytes (200).' })
  outcome!: 'kept' | 'held';
  @ApiProperty()
  sha256!: string;
  @ApiProperty()
  size!: number;
}
