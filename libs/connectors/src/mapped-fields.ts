import type { Json } from '#wire';

import type { Prepared } from './connector.js';
import { toDayMonthYear, toPartialDate, toStamp } from './field-formats.js';

/** Converts fields and remembers what couldn't be converted, by the hub's field name and never by its value. */
export class MappedFields {
  private readonly faults: string[] = [];

  stamp(name: string, time: string | undefined): string {
    return time ? (toStamp(time) ?? this.fault(`${name} is not a time`)) : '';
  }

  day(name: string, time: string | undefined): string {
    return time ? (toDayMonthYear(time) ?? this.fault(`${name} is not a time`)) : '';
  }

  partialDate(name: string, date: string | undefined): string {
    return date ? (toPartialDate(date) ?? this.fault(`${name} is not a date`)) : '';
  }

  /** Notes that mapping can't be done, and why. */
  fault(reason: string): '' {
    this.faults.push(reason);
    return '';
  }

  prepared(operation: string, item: Json): Prepared {
    if (this.faults.length > 0) return { kind: 'unmappable', reason: this.faults.join('; '), operation };
    return { kind: 'prepared', prepared: { operation, item } };
  }
}
