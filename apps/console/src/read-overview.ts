import {
  agencyStates,
  deliveriesOf,
  eventsOf,
  findCase,
  lanesOf,
  lastCases,
  type Database,
  type LaneView,
} from '#ledger';
import { DayTotals } from './day-totals.js';
import type { CaseView } from './page/case.page.js';
import type { Overview } from './page/overview.page.js';

const FRESH_MS = 1_000;
const SHOWN = 50;

/** One reading a second at most, whoever looks: ten open browsers cost as much as one. */
export class ReadOverview {
  private reading: Promise<Overview> | undefined;
  private readonly totals: DayTotals;

  constructor(private readonly db: Database) {
    this.totals = new DayTotals(db);
  }

  read(): Promise<Overview> {
    if (this.reading) return this.reading;
    const reading = this.readNow();
    this.reading = reading;
    const forget = (): void => void (this.reading = undefined);
    // A failure is told to all who wait for it and to nobody later.
    reading.then(() => setTimeout(forget, FRESH_MS).unref(), forget);
    return reading;
  }

  /** undefined: no case has this code. */
  async readCase(code: string): Promise<CaseView | undefined> {
    const header = await findCase(this.db, code);
    if (!header) return undefined;
    const [events, deliveries, lanes] = await Promise.all([
      eventsOf(this.db, header.streamId),
      deliveriesOf(this.db, header.streamId),
      lanesOf(this.db, [header.streamId]),
    ]);
    return { header, events, deliveries, lanes };
  }

  private async readNow(): Promise<Overview> {
    const [states, cases, today] = await Promise.all([
      agencyStates(this.db),
      lastCases(this.db, SHOWN),
      this.totals.look(),
    ]);
    const lanes = new Map<string, LaneView[]>();
    for (const lane of await lanesOf(
      this.db,
      cases.map((c) => c.streamId),
    )) {
      const known = lanes.get(lane.streamId);
      if (known) known.push(lane);
      else lanes.set(lane.streamId, [lane]);
    }
    return {
      at: new Date(),
      agencies: states.map((state) => ({ ...state, lastAcknowledged: this.totals.lastOf(state.id) })),
      today,
      cases,
      lanes,
    };
  }
}
