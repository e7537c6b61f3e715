import { isDeclared, type Receiver } from '#domain';
import { shortType, type ContractVersion } from '#wire';
import { readAgencies, versionOn, type Agency } from './agencies.js';
import type { Database, Log } from './database.js';
import type { EntryItem, StreamView } from './entry.js';

const REFRESH_MS = 2_000;

/** Today in Asia/Ho_Chi_Minh, ISO: which contract version is in force for sending. */
export function today(now = new Date()): string {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}

/**
 * The agencies' contracts as a process sees them, read again every two seconds: `apply` takes effect without a restart.
 * What an agency receives and may report follows the stream's own day; how it is reached follows today.
 */
export class ContractBook {
  private agencies = new Map<string, Agency>();
  private receiversByDay = new Map<string, Receiver[]>();
  private fingerprint = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly db: Database,
    private readonly log: Log,
  ) {}

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
    const read = await readAgencies(this.db);
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
    return isDeclared(procedure, this.receiversOn(day));
  }

  maySend(agency: string, type: string, day: string): boolean {
    return this.version(agency, day)?.sends.includes(shortType(type)) ?? false;
  }

  /** The agency entered this case, or its contract makes it a receiver of such cases. */
  mayReport = (item: EntryItem, stream: StreamView): boolean => {
    if (stream.enteredBy === item.sender) return true;
    if (item.opens) return false;
    const version = this.version(item.sender, stream.openedOn);
    return (
      version?.receives.some(
        (s) => s.cases !== 'own' && s.procedures.some((p) => p === '*' || p === stream.procedure),
      ) === true && version.sends.includes(shortType(item.type))
    );
  };
}
