import { FalsifiableLines, type Falsifiable } from '../lines/falsifiable.js';
import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { Submission } from './submission.js';
import { shownAs, toldBy, unknownPlace, type Told } from './told.js';

type Line = Written<Arrival | OwnAct>;

/** What came back about a case, as the counter shows it. */
interface ReceivedEvent {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
  /** Its own step on the case's route, as the hub said it. */
  step?: Record<string, string>;
}

export interface CounterCase extends Falsifiable {
  status: number;
  events: ReceivedEvent[];
}

interface HeldCase extends CounterCase {
  /** What it entered itself and what came back: its lines are made of it. */
  told: Told[];
}

const nothing = (code: string): HeldCase => ({ code, status: 0, events: [], told: [] });

/** All that the one-stop entered and was told, and the codes it gave out. Changes only by lines of its book. */
export class CounterCases {
  private readonly cases = new Map<string, HeldCase>();
  private readonly eventIds = new Set<string>();
  /** Last number given, by unit and day. */
  private readonly numbers = new Map<string, number>();

  readonly lines: FalsifiableLines<HeldCase>;

  constructor(
    private readonly agency: string,
    private readonly write: (line: Arrival | OwnAct) => Line,
  ) {
    this.lines = new FalsifiableLines({
      agency,
      cases: this.cases,
      show: ({ told }) => shownAs(told),
      put: (held, fields) => {
        // It stands otherwise now than the hub's events made it: the same told again are applied.
        for (const { id } of held.events) this.eventIds.delete(id);
        if (typeof fields.status === 'string') held.status = Number(fields.status);
        return fields;
      },
      write: (act) => this.take(this.write(act)),
    });
  }

  get(code: string): CounterCase | undefined {
    const held = this.cases.get(code);
    return held && shownOf(held);
  }

  /** Of which something came back. */
  *all(): Iterable<CounterCase> {
    for (const held of this.cases.values()) if (held.events.length > 0 || held.status > 0) yield shownOf(held);
  }

  hasEvent(id: string): boolean {
    return this.eventIds.has(id);
  }

  record(
    operation: string,
    code: string,
    hash: string,
    effect: Effect,
    more: { status?: number; eventId?: string; sequence?: number; kept?: object } = {},
  ): void {
    const { sequence, kept, ...rest } = more;
    const keeps = kept === undefined ? {} : { kept: sequence === undefined ? kept : { ...kept, sequence } };
    this.take(this.write({ agency: this.agency, operation, code, hash, effect, ...rest, ...keeps }));
  }

  /** What the hub took of ours; a repeat of one that was taken before is none. */
  entered({ code, type, body, kind }: Submission, eventId: string, sequence: number): void {
    if (this.eventIds.has(eventId)) return;
    const data = kind === 'case' ? body : ((body['data'] ?? {}) as Record<string, unknown>);
    const kept = { eventId, told: toldBy(type, sequence, data) };
    this.take(this.write({ agency: this.agency, operation: 'entered', code, effect: 'own', kept }));
  }

  /** The next code of a unit's series on a day (yyMMdd); on disk before anybody sees it. */
  giveCode(unit: string, day: string): string {
    const series = `${unit}-${day}`;
    const code = `${series}-${String((this.numbers.get(series) ?? 0) + 1).padStart(4, '0')}`;
    this.take(this.write({ agency: this.agency, operation: 'code', code, effect: 'own' }));
    return code;
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect === 'applied') this.takeArrival(line);
    else if (line.effect === 'own') this.takeOwnAct(line);
  }

  private takeOwnAct(line: Written<OwnAct>): void {
    if (line.operation === 'entered') {
      const { eventId, told } = line.kept as { eventId: string; told: Told };
      this.eventIds.add(eventId);
      const held = this.heldOf(line.code);
      held.told.push(told);
      held.falsified = undefined;
      return;
    }
    const at = line.code.lastIndexOf('-');
    this.numbers.set(line.code.slice(0, at), Number(line.code.slice(at + 1)));
  }

  private takeArrival(line: Written<Arrival>): void {
    const held = this.heldOf(line.code);
    held.status = line.status ?? held.status;
    held.falsified = undefined;
    if (line.eventId === undefined) return;
    this.eventIds.add(line.eventId);
    const { sequence = unknownPlace, ...kept } = line.kept as Pick<ReceivedEvent, 'type' | 'data' | 'step'> & {
      sequence?: number;
    };
    held.events.push({ id: line.eventId, at: line.at, ...kept });
    held.told.push(toldBy(kept.type, sequence, kept.data));
  }

  private heldOf(code: string): HeldCase {
    const held = this.cases.get(code) ?? nothing(code);
    this.cases.set(code, held);
    return held;
  }
}

const shownOf = ({ code, status, events }: HeldCase): CounterCase => ({ code, status, events });
