import { toLocal, toStamp } from '../field-formats.js';
import type { MappedFields } from '../mapped-fields.js';

type Write = (time: string) => string | undefined;

const writing =
  (write: Write) =>
  (fields: MappedFields, name: string, time: string | undefined): string =>
    time ? (write(time) ?? fields.fault(`${name} is not a time`)) : '';

/** yyyy-MM-dd HH:mm:ss in Vietnam: NgayNop, NgayTiepNhan. */
export const spaced = writing((time) => toLocal(time)?.replace('T', ' '));

/** ISO with milliseconds, UTC as the sample has it: the times of a progress row. */
export const isoTime = writing((time) => (toLocal(time) === undefined ? undefined : new Date(time).toISOString()));

/** yyyyMMddHHmmss of a day: identity dates. A year or a month alone can't be written so, and no day is made up: ''. */
export const dayStamp = (fields: MappedFields, name: string, day: string | undefined): string => {
  if (!day || /^\d{4}(-\d{2})?$/.test(day)) return '';
  return toStamp(`${day}T00:00:00+07:00`) ?? fields.fault(`${name} is not a date`);
};
