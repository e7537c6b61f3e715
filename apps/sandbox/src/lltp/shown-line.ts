import { createHash } from 'node:crypto';

import type { Compared } from '#wire';

import { judged, type Standing } from '../lines/standing.js';
import { dayOf, fromDayMonthYear } from '../stand-in/real-dates.js';
import type { LltpCase } from './cases.js';
import { recordPdf } from './show-result.js';

/** How the office's books show a case. Its files are made anew at every answer, from the record. */
export function shownAs(held: LltpCase): Omit<Standing, 'key'> {
  const { status, record, revocation } = held;
  const receivedOn = isoDay(held.ngayTiepNhan) ?? '1970-01-01';
  const dueOn = isoDay(held.ngayHenTra);
  const finishedOn = record && status >= 9 ? isoDay(record.issuedOn) : null;
  const { procedure = null, applicantName = null, applicantId = null } = held;
  return {
    receivedOn,
    fields: {
      status: String(status),
      procedure,
      receivedOn,
      dueOn,
      finishedOn,
      judged: judged(status, finishedOn, dueOn, dayOf(new Date())),
      // A record that was revoked is shown as such, and neither by its number nor by its file.
      resultNumber: (!revocation && record?.number) || null,
      resultFile: record && !revocation ? fileOf(held, record) : null,
      resultStands: record ? (revocation ? 'revoked' : 'yes') : 'no',
      progressRows: null,
      applicantName,
      applicantId,
    },
  };
}

/** A record that was revoked here, and again isn't. */
export function putInto(held: LltpCase, { status, resultNumber, resultStands, ...rest }: Compared): Compared {
  if (typeof status === 'string') held.status = Number(status);
  if (typeof resultNumber === 'string' && held.record) held.record.number = resultNumber;
  if (resultStands === 'yes') delete held.revocation;
  return rest;
}

const files = new WeakMap<object, string>();

function fileOf(held: LltpCase, record: NonNullable<LltpCase['record']>): string {
  const known = files.get(record);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(recordPdf(held, record.withConviction)).digest('hex');
  files.set(record, hash);
  return hash;
}

const isoDay = (day: string): string | null => (day === '' ? null : fromDayMonthYear(day));
