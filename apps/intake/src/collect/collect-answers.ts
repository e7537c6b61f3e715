import { durationMs, isFinal } from '#domain';
import type { Collected, Connector, Reported } from '#connectors';
import { keepFile, settleCollections, takeDue, type Database, type DueCollection } from '#ledger';
import type { Log } from '#service';
import type { CaseApplication, CaseStatus, ContractVersion } from '#wire';
import { codeOf } from '../code-of.js';
import { afterFinal, everyOf, isOver } from './ask-afterwards.js';
import type { EnterReport } from '../enter/enter-report.js';
import { statusOf } from '../enter/to-entry-item.js';

/** `more`: as many were due as may be asked at once. `busy`: nobody got an answer, so nobody need ask again at once. */
export type Round = 'more' | 'idle' | 'busy';

export interface CollectPorts {
  db: Database;
  enterReport: EnterReport;
  secret: (name: string) => string;
  log: Log;
  count(agency: string, answer: string): void;
}

interface Settled {
  streamId: string;
  ended: boolean;
  nextInMs: number;
  /** The final answer is there; it may still be taken back. */
  isAfterwards?: boolean;
  answer: Collected['kind'];
}

/** Longer than a request and what follows it take; a poller that died meanwhile only delays its cases by it. */
const LEASE_MARGIN_SECONDS = 30;
/** What a partner says and we can't take is asked for again, but seldom: somebody must look at it. */
const NOT_TAKEN_FACTOR = 20;
const NOT_TAKEN_AT_MOST_MS = 3_600_000;

export type Collecting = Connector & Required<Pick<Connector, 'collect'>>;

/** Asks a partner for the answers that it doesn't send by itself. */
export class CollectAnswers {
  constructor(private readonly ports: CollectPorts) {}

  /** One round at one agency: what is due, at most `inFlight` at once. A case is asked by one poller at a time. */
  async round(agency: string, contract: ContractVersion, connector: Collecting): Promise<Round> {
    const { inFlight, timeout } = contract.limits;
    const lease = durationMs(timeout) / 1_000 + LEASE_MARGIN_SECONDS;
    const due = await takeDue(this.ports.db, agency, inFlight, lease);
    if (due.length === 0) return 'idle';
    const settled = await Promise.all(due.map((one) => this.ask(agency, contract, connector, one)));
    await settleCollections(this.ports.db, agency, settled);
    for (const { answer } of settled) this.ports.count(agency, answer);
    if (settled.every(({ answer }) => answer === 'busy')) return 'busy';
    return due.length === inFlight ? 'more' : 'idle';
  }

  private async ask(
    agency: string,
    contract: ContractVersion,
    connector: Collecting,
    due: DueCollection,
  ): Promise<Settled> {
    const everyMs = everyOf(contract, due);
    const again = (answer: Collected['kind'], nextInMs = everyMs): Settled => ({
      streamId: due.streamId,
      ended: isOver(contract, due),
      nextInMs,
      answer,
    });
    let collected: Collected;
    try {
      const context = {
        contract,
        timeoutMs: durationMs(contract.limits.timeout),
        secret: this.ports.secret,
        asUpdate: false,
        key: '',
      };
      collected = await connector.collect(due.caseCode, due.application as CaseApplication, context);
    } catch (error) {
      this.ports.log.warn({ agency, code: codeOf(error) }, 'a case could not be asked for');
      return again('busy');
    }
    if (collected.kind !== 'reported') return again(collected.kind);
    const entered = await this.enter(agency, collected.reports, due);
    switch (entered) {
      case 'entered': {
        const status = reachedBy(collected.reports);
        const isLast = status !== undefined && (untilOf(contract).includes(status) || isFinal(status));
        return { ...again('reported'), ...(isLast ? afterFinal(contract, due, status) : {}) };
      }
      case 'over':
        return { ...again('reported'), ...afterFinal(contract, due, undefined) };
      case 'unavailable':
        // Also at its last time: what it told isn't in the ledger yet.
        return { ...again('reported'), ended: false };
      case 'refused':
        return again('reported', Math.min(everyMs * NOT_TAKEN_FACTOR, NOT_TAKEN_AT_MOST_MS));
    }
  }

  /** In order, and only those that the ledger doesn't have; files first, so that no event names bytes that aren't there. */
  private async enter(
    agency: string,
    reports: readonly Reported[],
    due: DueCollection,
  ): Promise<'entered' | 'over' | 'unavailable' | 'refused'> {
    const known = reports.findLastIndex(({ state }) => state === due.lastState);
    for (const report of reports.slice(known + 1)) {
      try {
        for (const file of report.files) await keepFile(this.ports.db, file);
      } catch (error) {
        this.ports.log.warn({ agency, code: codeOf(error) }, 'a collected file could not be kept');
        return 'unavailable';
      }
      const { type, data, state, came } = report;
      await this.ports.enterReport.room();
      const outcome = await this.ports.enterReport.run(
        { sender: agency, key: null, type, code: due.caseCode, data, state, came, at: { data: '', code: '/code' } },
        'collect',
      );
      if (outcome.kind === 'held') continue;
      if (outcome.refusal.code === 'unavailable') return 'unavailable';
      this.ports.log.warn(
        { agency, stream: due.streamId, code: outcome.refusal.code, faults: outcome.refusal.faults },
        'a collected answer was not taken',
      );
      return outcome.isOver ? 'over' : 'refused';
    }
    return 'entered';
  }
}

const untilOf = ({ collect }: ContractVersion): readonly number[] => (collect?.ask === 'per-case' ? collect.until : []);

/** Where the reports leave the case. */
function reachedBy(reports: readonly Reported[]): CaseStatus | undefined {
  const last = reports.findLast(({ type, data }) => statusOf(type, data) !== undefined);
  return last && statusOf(last.type, last.data);
}
