import { agenciesWithTurns } from '#ledger';
import { AgencyDesk, type DeskOffice } from './agency-desk.js';

/** All desks of this process. Kicked by the plan, by timers and by a look at the ledger every second: no kick is needed for truth. */
export class DeliverLanes {
  private readonly desks = new Map<string, AgencyDesk>();
  private stopped = false;

  constructor(private readonly office: DeskOffice) {}

  kick(agencies: Iterable<string>): void {
    if (this.stopped) return;
    for (const agency of agencies) this.desk(agency).kick();
  }

  /** Finds lanes whose turn nobody announced to this process. */
  async look(): Promise<void> {
    const agencies = this.office.book.all().map((agency) => agency.id);
    this.kick(await agenciesWithTurns(this.office.db, agencies));
  }

  async freeStrays(): Promise<void> {
    for (const desk of this.desks.values()) await desk.freeStrays();
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

  private desk(agency: string): AgencyDesk {
    let desk = this.desks.get(agency);
    if (!desk) this.desks.set(agency, (desk = new AgencyDesk(agency, this.office)));
    return desk;
  }
}
