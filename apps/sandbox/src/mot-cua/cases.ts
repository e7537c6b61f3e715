import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';

type Line = Written<Arrival | OwnAct>;

/** What came back about a case, as the counter shows it. */
interface ReceivedEvent {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

export interface CounterCase {
  code: string;
  status: number;
  events: ReceivedEvent[];
}

/** All that the one-stop was told, and the codes it gave out. Changes only by lines of its book. */
export class CounterCases {
  private readonly cases = new Map<string, CounterCase>();
  private readonly eventIds = new Set<string>();
  /** Last number given, by unit and day. */
  private readonly numbers = new Map<string, number>();

  constructor(private readonly write: (line: Arrival | OwnAct) => Line) {}

  get(code: string): CounterCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<CounterCase> {
    return this.cases.values();
  }

  hasEvent(id: string): boolean {
    return this.eventIds.has(id);
  }

  record(
    operation: string,
    code: string,
    hash: string,
    effect: Effect,
    more: { status?: number; eventId?: string; kept?: unknown } = {},
  ): void {
    this.take(this.write({ agency: 'mot-cua', operation, code, hash, effect, ...more }));
  }

  /** The next code of a unit's series on a day (yyMMdd); on disk before anybody sees it. */
  giveCode(unit: string, day: string): string {
    const series = `${unit}-${day}`;
    const code = `${series}-${String((this.numbers.get(series) ?? 0) + 1).padStart(4, '0')}`;
    this.take(this.write({ agency: 'mot-cua', operation: 'code', code, effect: 'own' }));
    return code;
  }

  take(line: Line): void {
    if (line.effect === 'own') {
      const at = line.code.lastIndexOf('-');
      this.numbers.set(line.code.slice(0, at), Number(line.code.slice(at + 1)));
    } else if (line.effect === 'applied') this.takeArrival(line);
  }

  private takeArrival(line: Written<Arrival>): void {
    const held = this.cases.get(line.code) ?? { code: line.code, status: 0, events: [] };
    this.cases.set(line.code, held);
    held.status = line.status ?? held.status;
    if (line.eventId !== undefined) {
      this.eventIds.add(line.eventId);
      const kept = line.kept as { type: string; data: Record<string, unknown> };
      held.events.push({ id: line.eventId, type: kept.type, at: line.at, data: kept.data });
    }
  }
}
