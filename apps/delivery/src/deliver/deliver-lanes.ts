import { agenciesWithTurns, openBreakers, resumeDue, type ClaimedLane } from '#ledger';
import { AgencyDesk } from './agency-desk.js';
import type { Partner } from './attempt-delivery.js';
import type { DeskOffice, DirectPlaces } from './desk-office.js';

/** All desks of this process. Kicked by the plan, by timers and by a look at the ledger every second: no kick is needed for truth. */
export class DeliverLanes {
  private readonly desks = new Map<string, AgencyDesk>();
  private stopped = false;

  constructor(private readonly office: DeskOffice) {}

  kick(agencies: Iterable<string>): void {
    if (this.stopped) return;
    for (const agency of agencies) this.desk(agency).kick();
  }

  /** Finds lanes whose turn nobody announced to this process, and breakers that others opened or closed. */
  async look(): Promise<void> {
    const agencies = this.office.book.all().map((agency) => agency.id);
    await this.readBreakers(agencies);
    await resumeDue(this.office.db);
    for (const desk of this.desks.values()) desk.pump();
    this.kick(await agenciesWithTurns(this.office.db, agencies));
  }

  /** Asks each agency behind an open breaker whose time has come. */
  async probe(): Promise<void> {
    await Promise.all([...this.desks.values()].map((desk) => desk.probe()));
  }

  async freeStrays(): Promise<void> {
    for (const desk of this.desks.values()) await desk.freeStrays();
  }

  /** A question that belongs to no claim; undefined: the agency can't be asked now. */
  question<T>(agency: string, ask: (partner: Partner) => Promise<T>): Promise<T | undefined> {
    return this.stopped ? Promise.resolve(undefined) : this.desk(agency).question(ask);
  }

  /** What the plan may take for this process straight away, at most so many lanes of an agency. Every place given is given back by `begin`. */
  promise(most: number): Map<string, DirectPlaces> {
    const places = new Map<string, DirectPlaces>();
    if (this.stopped) return places;
    for (const { id } of this.office.book.all()) {
      const promised = this.desk(id).promise(most);
      if (promised) places.set(id, promised);
    }
    return places;
  }

  begin(lanes: readonly ClaimedLane[], places: ReadonlyMap<string, { lanes: number }>, startedAt: number): void {
    const byAgency = Map.groupBy(lanes, (lane) => lane.agencyId);
    for (const [agency, { lanes: promised }] of places)
      void this.desk(agency).begin(byAgency.get(agency) ?? [], startedAt, promised);
  }

  /** Takes nothing new; waits for what is under way, at most so long. What remains is reaped, in doubt. */
  async stop(atMostMs: number): Promise<number> {
    this.stopped = true;
    const ended = Promise.all([...this.desks.values()].map((desk) => desk.stop()));
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, atMostMs)))]);
    clearTimeout(timer);
    return [...this.desks.values()].reduce((sum, desk) => sum + desk.busy(), 0);
  }

  private async readBreakers(agencies: readonly string[]): Promise<void> {
    const open = new Map((await openBreakers(this.office.db)).map((breaker) => [breaker.agencyId, breaker]));
    for (const agency of agencies) this.desk(agency).breaker.read(open.get(agency));
  }

  private desk(agency: string): AgencyDesk {
    let desk = this.desks.get(agency);
    if (!desk) this.desks.set(agency, (desk = new AgencyDesk(agency, this.office)));
    return desk;
  }
}
