import { durationMs } from '#domain';
import type { Connector } from '#connectors';
import { today, type ContractBook } from '#ledger';
import type { Log } from '#service';
import type { ContractVersion } from '#wire';
import { codeOf } from '../code-of.js';
import type { Round } from './collect-answers.js';
import type { ConnectorsInForce } from './connectors-in-force.js';

const TICK_MS = 100;
const LOOK_AT_MOST_MS = 1_000;
const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_AT_MOST_MS = 30_000;

type Collecting = Connector & Required<Pick<Connector, 'collect'>>;

/**
 * Looks at every agency that must be asked, one round at a time each. Runs in every instance: a case is leased by the one
 * that asks. An agency that is busy is left alone for longer and longer, to half a minute; the others don't notice.
 */
export class CollectAnswersSchedule {
  private readonly running = new Map<string, Promise<void>>();
  private readonly notBefore = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly book: ContractBook,
    private readonly connectors: ConnectorsInForce,
    private readonly round: (agency: string, contract: ContractVersion, connector: Collecting) => Promise<Round>,
    private readonly log: Log,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await Promise.all(this.running.values());
    await this.connectors.close();
  }

  private tick(): void {
    const day = today();
    for (const { id, paused } of this.book.all()) {
      if (paused || this.running.has(id) || (this.notBefore.get(id) ?? 0) > performance.now()) continue;
      const contract = this.book.version(id, day);
      if (!contract?.collect) continue;
      const looking = this.look(id, contract, durationMs(contract.collect.every)).finally(() =>
        this.running.delete(id),
      );
      this.running.set(id, looking);
    }
  }

  private async look(agency: string, contract: ContractVersion, everyMs: number): Promise<void> {
    let round: Round = 'busy';
    try {
      const connector = await this.connectors.of(agency, contract);
      if (!canCollect(connector))
        throw Object.assign(new Error('its protocol can’t be asked'), { code: 'PROTOCOL_HAS_NO_COLLECT' });
      do round = await this.round(agency, contract, connector);
      while (round === 'more' && !this.isStopping);
    } catch (error) {
      this.log.warn({ agency, code: codeOf(error) }, 'a collecting round failed');
    }
    this.notBefore.set(agency, performance.now() + this.pauseAfter(agency, round, everyMs));
  }

  private pauseAfter(agency: string, round: Round, everyMs: number): number {
    if (round !== 'busy') {
      this.failures.delete(agency);
      return Math.min(LOOK_AT_MOST_MS, everyMs / 4);
    }
    const failures = (this.failures.get(agency) ?? 0) + 1;
    this.failures.set(agency, failures);
    return Math.min(BACK_OFF_AT_MOST_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(failures - 1, 10));
  }
}

const canCollect = (connector: Connector): connector is Collecting => connector.collect !== undefined;
