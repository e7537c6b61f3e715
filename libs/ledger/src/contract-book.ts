import { isDeclared, type Receiver } from '#domain';
import { shortType, type ContractVersion } from '#wire';
import { readAgencies, versionOn, type Agency } from './agencies.js';
import { CalendarBook } from './calendar/calendar-book.js';
import type { Database, Log } from './database.js';
import type { EntryItem, StreamView } from './entry.js';
import { today } from './hub-clock.js';
import { RoutingBook } from './routing/routing-book.js';

/** With the reading itself, a contract is in force everywhere within two seconds. */
const REFRESH_MS = 1_500;

/**
 * The agencies' contracts as a process sees them, read again before two seconds are over: `apply` takes effect without a restart.
 * What an agency receives and may report follows the stream's own day; how it is reached follows today.
 */
export class ContractBook {
  private agencies = new Map<string, Agency>();
  private receiversByDay = new Map<string, Receiver[]>();
  private fingerprint = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];
  readonly routing: RoutingBook;
  readonly calendar: CalendarBook;

  constructor(
    private readonly db: Database,
    private readonly log: Log,
  ) {
    this.routing = new RoutingBook(db.pool);
    this.calendar = new CalendarBook(db.pool);
  }

  async start(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.refresh().catch((error: unknown) =>
        this.log.warn({ error: String((error as { code?: string }).code ?? error) }, 'contracts not read again'),
      );
    }, REFRESH_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async refresh(): Promise<void> {
    const [read] = await Promise.all([readAgencies(this.db), this.routing.refresh(), this.calendar.refresh()]);
    const fingerprint = JSON.stringify(read);
    if (fingerprint === this.fingerprint) return;
    this.fingerprint = fingerprint;
    this.agencies = new Map(read.map((agency) => [agency.id, agency]));
    this.receiversByDay = new Map();
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  all(): Agency[] {
    return [...this.agencies.values()];
  }

  /** How the agency is reached on a day; undefined where it has no contract then. */
  version(agency: string, day: string): ContractVersion | undefined {
    const found = this.agencies.get(agency);
    return found && versionOn(found, day);
  }

  isPaused(agency: string): boolean {
    return this.agencies.get(agency)?.paused ?? false;
  }

  receiversOn(day: string): Receiver[] {
    const known = this.receiversByDay.get(day);
    if (known) return known;
    const receivers = this.all().flatMap((agency) => {
      const version = versionOn(agency, day);
      return version ? [{ agency: agency.id, receives: version.receives }] : [];
    });
    if (this.receiversByDay.size > 1_000) this.receiversByDay.clear();
    this.receiversByDay.set(day, receivers);
    return receivers;
  }

  declares(procedure: string, day: string): boolean {
    return isDeclared(procedure, this.receiversOn(day)) || this.routing.declares(procedure, day);
  }

  maySend(agency: string, type: string, day: string): boolean {
    return this.version(agency, day)?.sends.includes(shortType(type)) ?? false;
  }

  /** The agency entered this case, or its contract makes it a receiver of such cases. */
  mayReport = (item: EntryItem, stream: StreamView): boolean => {
    if (stream.enteredBy === item.sender) return true;
    if (item.opens) return false;
    const version = this.version(item.sender, stream.openedOn);
    if (version?.sends.includes(shortType(item.type)) !== true) return false;
    return version.receives.some(
      (s) =>
        s.cases !== 'own' &&
        s.procedures.some((p) => p === '*' || p === stream.procedure) &&
        (s.cases !== 'routed' || this.routedTo(stream).includes(item.sender)),
    );
  };

  /** Agencies that are or were on a case's route. */
  routedTo(stream: Pick<StreamView, 'unit' | 'procedure' | 'openedOn'>): readonly string[] {
    return this.routing.everOnRoute(stream, today(), this.receiversOn(stream.openedOn));
  }
}
