import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  Equals,
  IsNotEmpty,
  IsOptional,
  IsRFC3339,
  IsString,
  Matches,
  MaxLength,
  validateSync,
  type ValidationError,
  type ValidatorOptions,
} from 'class-validator';
import { codeOfSubject, reportedTypes, type Fault } from '#wire';

/** CloudEvents 1.0, structured JSON: the envelope. Extension attributes are allowed and not kept. */
export class CloudEventDto {
  @ApiProperty({ enum: ['1.0'] })
  @Equals('1.0')
  specversion!: string;

  @ApiProperty({
    description: 'Unique per source. The same source, id and data again is the same event.',
    maxLength: 255,
  })
  @Matches(/^[\x21-\x7e]+$/)
  @MaxLength(255)
  @IsString()
  id!: string;

  @ApiProperty({ description: 'URI reference of the system that reports.', maxLength: 255, example: '/one-stop/H53' })
  @Matches(/^[\x21-\x7e]+$/)
  @MaxLength(255)
  @IsString()
  source!: string;

  @ApiProperty({ enum: reportedTypes })
  @IsNotEmpty()
  @MaxLength(255)
  @IsString()
  type!: string;

  @ApiPropertyOptional({
    description: 'case/<code>. Required where the address has no code.',
    example: 'case/H53.14-260531-0001',
  })
  @IsOptional()
  @Matches(/^case\/./)
  @MaxLength(120)
  @IsString()
  subject?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The sender’s clock. Orders nothing.' })
  @IsOptional()
  @IsRFC3339()
  @MaxLength(64)
  @IsString()
  time?: string;

  @ApiPropertyOptional({ example: 'application/json' })
  @IsOptional()
  @Matches(/^application\/(?:[\w.-]+\+)?json(?:;.*)?$/i)
  @MaxLength(100)
  @IsString()
  datacontenttype?: string;

  @ApiProperty({ description: 'The payload, by type.' })
  @IsNotEmpty()
  data!: unknown;
}

interface Envelope {
  /** Source and id together: what makes it one event wherever it comes in. */
  key: string;
  type: string;
  code: string | undefined;
  data: unknown;
}

export type EnvelopeRead = { kind: 'envelope'; envelope: Envelope } | { kind: 'faults'; faults: Fault[] };

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'] as const;
const options: ValidatorOptions = { stopAtFirstError: true, validationError: { target: false, value: false } };

/** Reads an envelope; its data aren't looked at. */
export function readEnvelope(value: unknown): EnvelopeRead {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { kind: 'faults', faults: [{ path: '/', rule: 'type:object' }] };
  const event = new CloudEventDto();
  for (const name of attributes)
    if (Object.hasOwn(value, name)) Object.assign(event, { [name]: (value as Record<string, unknown>)[name] });
  const errors = validateSync(event, options);
  if (errors.length > 0) return { kind: 'faults', faults: errors.map((error) => faultOf(error, event)) };
  const { source, id, type, subject, data } = event;
  return {
    kind: 'envelope',
    envelope: { key: `event:${source} ${id}`, type, code: codeOfSubject(subject ?? ''), data },
  };
}

/** One fault a member: that it is missing, or the first rule that it breaks. */
function faultOf({ property, constraints }: ValidationError, event: CloudEventDto): Fault {
  const isMissing = (event[property as keyof CloudEventDto] ?? undefined) === undefined;
  return { path: `/${property}`, rule: isMissing ? 'required' : (Object.keys(constraints ?? {})[0] ?? 'valid') };
}
