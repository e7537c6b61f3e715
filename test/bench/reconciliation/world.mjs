import { judged } from '../../../dist/apps/sandbox/src/lines/standing.js';

const DAY_MS = 86_400_000;
const LONGEST_TERM = 25;
const units = ['H53.14', 'H53.15', 'H53.16', 'H53.17', 'H53.30', 'H53.31', 'H53.40', 'H53.41'];
const families = ['NGUYỄN', 'TRẦN', 'LÊ', 'PHẠM', 'HOÀNG', 'VÕ', 'ĐẶNG', 'BÙI', 'ĐỖ', 'NGÔ'];
const given = ['AN', 'BÌNH', 'CƯỜNG', 'DŨNG', 'GIANG', 'HẠNH', 'KHÁNH', 'LOAN', 'MINH', 'THẢO', 'TUẤN', 'YẾN'];

/** What both sides compare, in this order. */
export const compares = [
  'status',
  'procedure',
  'dueOn',
  'finishedOn',
  'judged',
  'resultNumber',
  'resultFile',
  'resultStands',
  'progressRows',
  'applicantName',
  'applicantId',
];

/**
 * So many cases of a province's year, each worked out from its number and the seed: nothing is kept, and both sides' books
 * begin the same. Codes of one day and number exist in eight units, so a dropped prefix finds others.
 */
export class World {
  /** @param {{ lines: number, seed: number, days: number, until: string }} of `until`: ISO day of the last receipt */
  constructor({ lines, seed, days, until }) {
    this.lines = lines;
    this.seed = seed;
    this.today = until;
    const first = Date.parse(until) - (days - 1) * DAY_MS;
    this.dates = Array.from({ length: days + LONGEST_TERM }, (_, n) => isoDay(first + n * DAY_MS));
    this.days = this.dates.slice(0, days);
    this.dayNumbers = new Map(this.days.map((day, n) => [day.slice(2).replaceAll('-', ''), n]));
  }

  /** Numbers of the lines of the n-th day: in the byte order of keys. */
  firstOf(day) {
    return Math.floor((day * this.lines) / this.days.length);
  }

  /** Line of a day by its place in the byte order of keys. */
  lineOf(day, place) {
    const count = this.firstOf(day + 1) - this.firstOf(day);
    const perUnit = Math.ceil(count / units.length);
    const unit = units[Math.floor(place / perUnit)];
    const receivedOn = this.days[day];
    const serial = String((place % perUnit) + 1).padStart(5, '0');
    const key = `${unit}-${receivedOn.slice(2).replaceAll('-', '')}-${serial}`;
    return { key, receivedOn, fields: this.fieldsOf(this.firstOf(day) + place, day) };
  }

  /** Day and place of a key; undefined where the world has none such. */
  placeOf(key) {
    const [unit, date, serial] = key.split('-');
    const day = this.dayNumbers.get(date);
    const nth = units.indexOf(unit);
    if (day === undefined || nth < 0 || serial?.length !== 5) return undefined;
    const count = this.firstOf(day + 1) - this.firstOf(day);
    const perUnit = Math.ceil(count / units.length);
    const place = nth * perUnit + Number(serial) - 1;
    return place < count && Number(serial) <= perUnit ? { day, place } : undefined;
  }

  *[Symbol.iterator]() {
    for (let day = 0; day < this.days.length; day += 1)
      for (let place = 0, count = this.firstOf(day + 1) - this.firstOf(day); place < count; place += 1)
        yield this.lineOf(day, place);
  }

  fieldsOf(n, day) {
    const chance = (what) => mixed(n, this.seed + what) / 2 ** 32;
    const isFinished = chance(1) < 0.7;
    const dueOn = this.dates[day + 5 + Math.floor(chance(2) * 15)];
    const ended = Math.min(day + Math.floor(chance(3) * 22), this.days.length - 1);
    const finishedOn = isFinished ? this.dates[ended] : null;
    const isRevoked = isFinished && chance(4) < 0.02;
    const stands = isFinished && !isRevoked;
    const status = isFinished ? (chance(5) < 0.5 ? 9 : 10) : chance(5) < 0.5 ? 2 : 4;
    return {
      status: String(status),
      procedure: `2.${String(Math.floor(chance(6) * 200)).padStart(6, '0')}`,
      receivedOn: this.dates[day],
      dueOn,
      finishedOn,
      judged: judged(status, finishedOn, dueOn, this.today),
      resultNumber: stands ? `${n}/KQ` : null,
      resultFile: stands ? hexOf(n, this.seed) : null,
      resultStands: stands ? 'yes' : isRevoked ? 'revoked' : 'no',
      progressRows: String(1 + Math.floor(chance(7) * 6)),
      applicantName: `${families[n % 10]} ${given[Math.floor(n / 10) % 12]} ${given[Math.floor(n / 120) % 12]}`,
      applicantId: String(10 ** 11 + n),
    };
  }
}

const isoDay = (at) => new Date(at).toISOString().slice(0, 10);

/** 32 bits that look random and are the same in every run. */
function mixed(n, seed) {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** 64 hex digits, unlike each other's. */
const hexOf = (n, seed) =>
  Array.from({ length: 8 }, (_, part) =>
    mixed(n, seed + 100 + part)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

/** A number from 0 to 1 after the other, the same for the same seed. */
export function drawing(seed) {
  let n = 0;
  return () => mixed((n += 1), seed) / 2 ** 32;
}
