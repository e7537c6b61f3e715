import { normalisedReason, recipients, type Receiver, type Routing } from '#domain';
import { shortType, type ContractVersion, type Json } from '#wire';
import { today } from '../hub-clock.js';
import type { PastEvent } from './past-events.js';
import type { RecentFiles } from './recent-files.js';

/** What a connector makes of an event. */
type Rendering =
  | { kind: 'prepared'; prepared: { operation: string; item: Json; text?: string } }
  | { kind: 'unmappable'; reason: string };

/** The part of a connector that a rehearsal uses; it is never asked to send. */
export interface Renderer {
  readonly reads?: 'event';
  prepare(event: PastEvent, contract: ContractVersion, file: (sha256: string) => Promise<Buffer>): Promise<Rendering>;
  close(): Promise<void>;
}

export type Rendered = Extract<Rendering, { kind: 'prepared' }>['prepared'] | { reason: string };

/** One contract: whom it makes a recipient, and what its version for sending makes of an event. */
export class Side {
  private readonly byDay = new Map<string, Receiver[]>();

  private constructor(
    private readonly agency: string,
    private readonly versions: readonly ContractVersion[],
    private readonly sending: { version: ContractVersion; renderer: Renderer } | { reason: string },
    private readonly files: RecentFiles,
    private readonly routing: Routing,
  ) {}

  static of(
    agency: string,
    versions: readonly ContractVersion[],
    day: string,
    connect: (contract: ContractVersion) => Renderer,
    files: RecentFiles,
    routing: Routing,
  ): Side {
    const version = versionAt(versions, day);
    if (!version) return new Side(agency, versions, { reason: 'no contract version is in force' }, files, routing);
    try {
      return new Side(agency, versions, { version, renderer: connect(version) }, files, routing);
    } catch (error) {
      // Of its contract a connector names members, never values.
      return new Side(agency, versions, { reason: (error as Error).message }, files, routing);
    }
  }

  /** The same version for sending, other subscriptions. */
  receiving(versions: readonly ContractVersion[]): Side {
    return new Side(this.agency, versions, this.sending, this.files, this.routing);
  }

  rendersAs(other: Side): boolean {
    return this.sending === other.sending;
  }

  get needsCase(): boolean {
    return 'renderer' in this.sending && this.sending.renderer.reads !== 'event';
  }

  receives(event: PastEvent): boolean {
    const { procedure, sender, enteredBy, alsoEnteredBy } = event;
    const routed = this.routing.onRoute(event, today(new Date(event.recordedAt))).agencies;
    const announced = { type: shortType(event.type), procedure, sender, enteredBy, alsoEnteredBy, routed };
    return recipients(announced, this.receiversOn(event.openedOn)).length > 0;
  }

  async render(event: PastEvent): Promise<Rendered> {
    if ('reason' in this.sending) return this.sending;
    const { renderer, version } = this.sending;
    try {
      const rendering = await renderer.prepare(event, version, this.files.read);
      if (rendering.kind === 'prepared') return rendering.prepared;
      return { reason: normalisedReason(rendering.reason) };
    } catch (error) {
      // Class and code only: a message may quote data.
      const { name, code } = error as { name?: string; code?: string };
      return { reason: `our side failed: ${[name ?? 'error', code].filter(Boolean).join(' ')}` };
    }
  }

  async close(): Promise<void> {
    if ('renderer' in this.sending) await this.sending.renderer.close();
  }

  private receiversOn(day: string): Receiver[] {
    const known = this.byDay.get(day);
    if (known) return known;
    const receives = versionAt(this.versions, day)?.receives;
    const receivers = receives ? [{ agency: this.agency, receives }] : [];
    this.byDay.set(day, receivers);
    return receivers;
  }
}

export const versionAt = (versions: readonly ContractVersion[], day: string): ContractVersion | undefined =>
  versions.findLast(({ validFrom }) => validFrom <= day);
