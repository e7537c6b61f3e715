import { durationMs } from '#domain';
import type { Connector } from '#connectors';
import { today, type ContractBook } from '#ledger';
import type { Log } from '#service';
import type { ContractVersion } from '#wire';
import { codeOf } from '../code-of.js';
import type { Collecting, Round } from './collect-answers.js';
import type { CatalogueConnector } from './collect-catalogue.js';
import type { ListConnector } from './collect-list.js';
import type { ConnectorsInForce } from './connectors-in-force.js';

const TICK_MS = 100;
const LOOK_AT_MOST_MS = 1_000;
const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_AT_MOST_MS = 30_000;

/** One round at one agency, by the way that its contract says. */
export interface Rounds {
  perCase(agency: string, contract: ContractVersion, connector: Collecting): Promise<Round>;
  list(agency: string, contract: ContractVersion, connector: ListConnector): Promise<Round>;
  catalogue(agency: string, contract: ContractVersion, connector: CatalogueConnector): Promise<Round>;
}

/**
 * Looks at every agency that must be asked, one round at a time each. Runs in every instance: a case, or
 * a list, is leased by the one that asks. An agency that is busy is left alone for longer and longer, to half a minute; the others don't notice.
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
    private readonly rounds: Rounds,
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
      do round = await this.round(agency, contract, connector);
      while (round === 'more' && !this.isStopping && this.stands(agency, contract));
    } catch (error) {
      this.log.warn({ agency, code: codeOf(error) }, 'a collecting round failed');
    }
    this.notBefore.set(agency, performance.now() + this.pauseAfter(agency, round, everyMs));
  }

  /** However long its list is: neither paused nor asked otherwise by now. */
  private stands(agency: string, contract: ContractVersion): boolean {
    return !this.book.isPaused(agency) && this.book.version(agency, today()) === contract;
  }

  private round(agency: string, contract: ContractVersion, connector: Connector): Promise<Round> {
    const ask = contract.collect?.ask;
    if (ask === 'catalogue' && hasCatalogue(connector)) return this.rounds.catalogue(agency, contract, connector);
    if (ask === 'list' && canList(connector)) return this.rounds.list(agency, contract, connector);
    if (ask === 'per-case' && canCollect(connector)) return this.rounds.perCase(agency, contract, connector);
    throw Object.assign(new Error('its protocol can’t be asked so'), { code: 'PROTOCOL_HAS_NO_COLLECT' });
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

const canList = (connector: Connector): connector is ListConnector => connector.collectList !== undefined;
const hasCatalogue = (connector: Connector): connector is CatalogueConnector =>
  connector.pullCatalogue !== undefined && connector.askProcedure !== undefined;
const canCollect = (connector: Connector): connector is Collecting => connector.collect !== undefined;
