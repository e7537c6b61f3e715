const dayMs = 86_400_000;

/** The days on which the centre is open, numbered from 0: Monday to Friday without the days off. Saturdays are left out. */
export class WorkingDays {
  readonly days: readonly string[];
  private readonly places: ReadonlyMap<string, number>;

  /** `from` and `to` are ISO days, both included. */
  constructor(from: string, to: string, daysOff: ReadonlySet<string>) {
    const days: string[] = [];
    for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) {
      const day = new Date(at);
      const iso = day.toISOString().slice(0, 10);
      if (day.getUTCDay() % 6 !== 0 && !daysOff.has(iso)) days.push(iso);
    }
    this.days = days;
    this.places = new Map(days.map((day, place) => [day, place]));
  }

  day(place: number): string {
    const day = this.days[place];
    if (day === undefined) throw new Error(`the calendar has no working day ${place}`);
    return day;
  }

  isWorked(day: string): boolean {
    return this.places.has(day);
  }

  /** Of the first working day on or after this one. */
  placeFrom(day: string): number {
    for (let at = Date.parse(day); ; at += dayMs) {
      const place = this.places.get(new Date(at).toISOString().slice(0, 10));
      if (place !== undefined) return place;
      if (at > Date.parse(this.day(this.days.length - 1))) throw new Error(`the calendar ends before ${day}`);
    }
  }

  /** Monday is 1. */
  weekday(place: number): number {
    return new Date(`${this.day(place)}T00:00:00Z`).getUTCDay();
  }
}

/** The calendar day before. */
export const eveOf = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10);

/** RFC 3339 in Vietnam for a second of a day. */
export function timeAt(day: string, second: number): string {
  const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
  return `${day}T${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}+07:00`;
}
