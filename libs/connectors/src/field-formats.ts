/** Vietnam has no summer time; every time that the hub carries is later than its last change of offset (1975). */
const offsetMs = 7 * 3_600_000;
const dayMs = 86_400_000;

const isDay = (year: number, month: number, day: number): boolean =>
  year >= 1 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** Milliseconds since 1970 of an RFC 3339 time with its offset; undefined where it isn't one. */
function instantOf(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.exec(text);
  if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3]))) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

const local = (instant: number): string => new Date(instant + offsetMs).toISOString();

/** yyyy-MM-ddTHH:mm:ss in Vietnam. */
export function toLocal(time: string): string | undefined {
  const instant = instantOf(time);
  return instant === undefined ? undefined : local(instant).slice(0, 19);
}

/** yyyyMMddHHmmss in Vietnam. */
export function toStamp(time: string): string | undefined {
  const instant = instantOf(time);
  return instant === undefined ? undefined : local(instant).slice(0, 19).replace(/\D/g, '');
}

/** yyyyMMddHHmmss in Vietnam → RFC 3339 with that offset; undefined where no calendar or clock shows it. */
export function fromStamp(stamp: string): string | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(stamp);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second] = found;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}+07:00`;
}

/** dd/MM/yyyy in Vietnam. */
export function toDayMonthYear(time: string): string | undefined {
  const instant = instantOf(time);
  return instant === undefined ? undefined : toPartialDate(local(instant).slice(0, 10));
}

/** ISO 8601 → dd/MM/yyyy, MM/yyyy or yyyy, as exact as it came. */
export function toPartialDate(iso: string): string | undefined {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(iso);
  if (!found) return undefined;
  const [, year = '', month, day] = found;
  if (!isDay(Number(year), Number(month ?? 1), Number(day ?? 1))) return undefined;
  return [day, month, year].filter((part) => part !== undefined).join('/');
}

/** dd/MM/yyyy → yyyy-MM-dd; undefined where no calendar has that day. */
export function fromDayMonthYear(text: string): string | undefined {
  const found = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  if (!found || !isDay(Number(found[3]), Number(found[2]), Number(found[1]))) return undefined;
  return `${found[3]}-${found[2]}-${found[1]}`;
}

/** dd/MM/yyyy, MM/yyyy or yyyy → ISO 8601, as exact as it came. */
export function fromPartialDate(text: string): string | undefined {
  const found = /^(?:(?:(\d{2})\/)?(\d{2})\/)?(\d{4})$/.exec(text);
  if (!found) return undefined;
  const [, day, month, year] = found;
  if (!isDay(Number(year), Number(month ?? 1), Number(day ?? 1))) return undefined;
  return [year, month, day].filter((part) => part !== undefined).join('-');
}

/** MM/yyyy or MM-yyyy → yyyy-MM: one interface writes both. */
export function fromMonthYear(text: string): string | undefined {
  const found = /^(\d{2})[/-](\d{4})$/.exec(text);
  return found && isDay(Number(found[2]), Number(found[1]), 1) ? `${found[2]}-${found[1]}` : undefined;
}

/** RFC 3339 with Vietnam's offset, to the second. */
export const toRfc3339 = (instant: number): string => `${local(instant).slice(0, 19)}+07:00`;

/** The last second of a day in Vietnam, milliseconds since 1970. */
export const endOfDay = (isoDay: string): number => Date.parse(`${isoDay}T00:00:00Z`) - offsetMs + dayMs - 1_000;

/** At most `most` UTF-16 units, no character cut in half. */
export const cutTo = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
