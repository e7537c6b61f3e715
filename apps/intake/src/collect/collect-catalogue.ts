import { setTimeout as pause } from 'node:timers/promises';
import { durationMs } from '#domain';
import type { CatalogueAnswer, Connector, SendContext } from '#connectors';
import { isCatalogueDue, keepDetail, keepPull, releaseList, takeList, wantedDetails, type WantedDetail } from '#ledger';
import type { CatalogueCollect, ContractVersion } from '#wire';
import { codeOf } from '../code-of.js';
import type { CollectPorts, Round } from './collect-answers.js';

export type CatalogueConnector = Connector & Required<Pick<Connector, 'pullCatalogue' | 'askProcedure'>>;

/** Longer than a whole pull may take; a poller that died meanwhile only delays the next one by it. */
const LEASE_SECONDS = 900;
/** How soon a change of contract, or a detail grown old, is noticed. */
const LOOK_EVERY_MS = 30_000;
const AGAIN_AT_MOST_MS = 500;
/** Of details, before the lease is given back. */
const MOST_DETAILS = 200;
const USUAL_SHARE = 2;

/** Asks a partner for all its procedures. A list is taken whole, held for a person whole, or forgotten. */
export class CollectCatalogue {
  constructor(private readonly ports: Omit<CollectPorts, 'enterReport'>) {}

  async round(agency: string, contract: ContractVersion, connector: CatalogueConnector): Promise<Round> {
    const { db } = this.ports;
    const collect = contract.collect as CatalogueCollect;
    const source = sourceOf(contract);
    const held = await takeList(db, agency, source, LEASE_SECONDS);
    if (!held) return 'idle';
    const everyMs = durationMs(collect.every);
    const hold = { agency, contract, connector, collect, source, claim: held.claim, context: this.contextOf(contract) };
    let round: Round = 'busy';
    try {
      const isDue = await isCatalogueDue(db, agency, source, everyMs);
      if (isDue && !(await this.pull(hold))) return round;
      round = await this.details(hold);
      return round;
    } finally {
      const next = { idle: Math.min(everyMs, LOOK_EVERY_MS), more: 0, busy: AGAIN_AT_MOST_MS }[round];
      await releaseList(db, agency, held.claim, next);
    }
  }

  private async pull({ agency, connector, collect, source, claim, context }: Hold): Promise<boolean> {
    const { db, log, count } = this.ports;
    const pulled = await this.asked(agency, () => connector.pullCatalogue(context));
    if (pulled.kind === 'busy') {
      count(agency, 'busy');
      log.warn({ agency, reason: pulled.reason }, 'a catalogue could not be pulled');
      return false;
    }
    const { kind: _, ...catalogue } = pulled;
    const losesAtMost = collect.losesAtMost === undefined ? USUAL_SHARE : Number.parseFloat(collect.losesAtMost);
    const kept = await keepPull(db, { agency, claim, source, catalogue, losesAtMost });
    count(agency, kept.outcome);
    if (kept.outcome === 'held')
      log.warn(
        { agency, reason: kept.reason },
        'a catalogue is held, nothing was switched off: lienthong catalogue ls',
      );
    return kept.outcome !== 'late';
  }

  /** At most `inFlight` at once, and `perSecond` where the contract says so. */
  private async details(hold: Hold): Promise<Round> {
    const { agency, contract, collect } = hold;
    if (collect.details === undefined) return 'idle';
    const { inFlight, perSecond } = contract.limits;
    const wanted = await wantedDetails(this.ports.db, agency, durationMs(collect.details), MOST_DETAILS);
    for (let n = 0; n < wanted.length; n += inFlight) {
      const some = wanted.slice(n, n + inFlight);
      const began = performance.now();
      const answered = await Promise.all(some.map((one) => this.detail(hold, one)));
      if (answered.includes(false)) return 'busy';
      const spaceMs = perSecond === undefined ? 0 : (some.length / perSecond) * 1_000 - (performance.now() - began);
      if (spaceMs > 0) await pause(spaceMs);
    }
    return wanted.length === MOST_DETAILS ? 'more' : 'idle';
  }

  private async detail({ agency, connector, context }: Hold, wanted: WantedDetail): Promise<boolean> {
    const asked = await this.asked(agency, () => connector.askProcedure(wanted.key, context));
    if (asked.kind === 'busy') return false;
    await keepDetail(this.ports.db, agency, wanted, asked.kind === 'detail' ? asked : null);
    return true;
  }

  private async asked<T>(
    agency: string,
    ask: () => Promise<T>,
  ): Promise<T | Extract<CatalogueAnswer, { kind: 'busy' }>> {
    try {
      return await ask();
    } catch (error) {
      this.ports.log.warn({ agency, code: codeOf(error) }, 'a catalogue could not be asked for');
      return { kind: 'busy', reason: codeOf(error) };
    }
  }

  private contextOf(contract: ContractVersion): SendContext {
    const timeoutMs = durationMs(contract.limits.timeout);
    return { contract, timeoutMs, secret: this.ports.secret, asUpdate: false, key: '' };
  }
}

interface Hold {
  agency: string;
  contract: ContractVersion;
  connector: CatalogueConnector;
  collect: CatalogueCollect;
  source: string;
  claim: number;
  context: SendContext;
}

const sourceOf = ({ protocol, endpoint }: ContractVersion): string => `${protocol} ${endpoint?.baseUrl ?? '-'}`;
