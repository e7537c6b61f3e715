import { classifyReply, durationMs, isFinal } from '#domain';
import type { Connector, Listed, Reported, SendContext } from '#connectors';
import {
  endCollections,
  endUntaken,
  keepCursor,
  keepFile,
  keepUntaken,
  noteUnread,
  releaseList,
  senderViews,
  takeList,
  takeUntaken,
  type HeldList,
  type Untaken,
} from '#ledger';
import type { ContractVersion, Json } from '#wire';
import { codeOf } from '../code-of.js';
import { statusOf } from '../enter/to-entry-item.js';
import type { CollectPorts, Round } from './collect-answers.js';

export type ListConnector = Connector & Required<Pick<Connector, 'collectList'>>;

type Page = Extract<Listed, { kind: 'page' }>;
/** `untaken`: of no use to ask for it again, somebody must look at it. */
type Entered =
  { kind: 'held' } | { kind: 'untaken'; reason: string; faults: Untaken['faults'] } | { kind: 'unavailable' };

/** Longer than one page and what follows it take; a poller that died meanwhile only delays the list by it. */
const LEASE_MARGIN_SECONDS = 60;
const MOST_AGAIN = 100;
/** Reasons in one line of the log. */
const MOST_TOLD = 10;
/** Another instance may ask so soon after one that got no answer. */
const AGAIN_AT_MOST_MS = 500;
/** So that one agency's long list doesn't keep a stopping process: the rest is due at once. */
const MOST_PAGES = 50;

/**
 * Asks a partner for the news of all its cases. A page's reports are in the ledger before its cursor is kept, and both before
 * the partner is told: whatever dies in between, rows come again and are receipts.
 */
export class CollectList {
  constructor(private readonly ports: CollectPorts) {}

  async round(agency: string, contract: ContractVersion, connector: ListConnector): Promise<Round> {
    const { db } = this.ports;
    const lease = durationMs(contract.limits.timeout) / 1_000 + LEASE_MARGIN_SECONDS;
    const held = await takeList(db, agency, sourceOf(contract), lease);
    if (!held) return 'idle';
    const hold = { agency, contract, connector, lease, context: this.contextOf(contract), held };
    let round: Round = 'busy';
    try {
      await this.tryAgain(agency);
      round = await this.pages(hold);
      return round;
    } finally {
      const everyMs = durationMs(contract.collect!.every);
      const next = { idle: everyMs, more: 0, busy: Math.min(everyMs, AGAIN_AT_MOST_MS) }[round];
      await releaseList(db, agency, held.claim, next);
    }
  }

  private async pages(hold: Hold): Promise<Round> {
    let { cursor } = hold.held;
    if (hold.held.acknowledge !== null && !(await this.acknowledge(hold, hold.held.acknowledge))) return 'busy';
    for (let n = 1; ; n++) {
      const listed = await this.ask(hold, cursor);
      this.ports.count(hold.agency, listed.kind);
      if (listed.kind === 'busy') return 'busy';
      const isTaken = await this.takePage(hold, listed, cursor);
      if (!isTaken) return 'busy';
      const moved = listed.acknowledge !== undefined || (listed.cursor ?? cursor) !== cursor;
      cursor = listed.cursor ?? cursor;
      if (!listed.more || !moved) return 'idle';
      if (n === MOST_PAGES) return 'more';
    }
  }

  /** False: somebody must wait, the ledger or the partner. What was entered stays entered. */
  private async takePage(hold: Hold, page: Page, before: string | null): Promise<boolean> {
    const { agency, lease, held } = hold;
    await this.tellUnread(agency, page.unread ?? []);
    if (!(await this.enterPage(agency, page.reports))) return false;
    const { acknowledge, cursor = before } = page;
    // Without a cursor the rows come again until the partner knows: an old acknowledgement could take newer ones.
    const owed = acknowledge !== undefined && cursor !== before ? acknowledge : null;
    const kept = { cursor, acknowledge: owed, leaseSeconds: lease };
    if (!(await keepCursor(this.ports.db, agency, held.claim, kept))) return false;
    Object.assign(held, { cursor, acknowledge: owed });
    if (acknowledge === undefined || (await this.acknowledge(hold, acknowledge))) return true;
    return false;
  }

  /** Reasons name rows and rules, never what stands there. An operator sees them until the rows can be read. */
  private async tellUnread(agency: string, unread: readonly string[]): Promise<void> {
    const reasons = unread.slice(0, MOST_TOLD);
    await noteUnread(this.ports.db, agency, reasons);
    if (unread.length === 0) return;
    for (const _ of unread) this.ports.count(agency, 'unread');
    this.ports.log.warn({ agency, rows: unread.length, reasons }, 'rows of a list could not be read: they come again');
  }

  private async ask({ agency, connector, context }: Hold, cursor: string | null): Promise<Listed> {
    try {
      return await connector.collectList(cursor ?? undefined, context);
    } catch (error) {
      this.ports.log.warn({ agency, code: codeOf(error) }, 'a list could not be asked for');
      return { kind: 'busy', reason: codeOf(error) };
    }
  }

  private async acknowledge(hold: Hold, acknowledge: Json): Promise<boolean> {
    const { agency, connector, contract, context, held, lease } = hold;
    if (!connector.acknowledgeList) return true;
    const answer = await connector.acknowledgeList(acknowledge, context);
    const reply = classifyReply(answer, 'acknowledge', contract.replies);
    // One that was lost on its way back is told once more.
    const isTaken = reply.kind === 'accepted' || reply.kind === 'already-held';
    this.ports.count(agency, isTaken ? 'acknowledged' : 'not-acknowledged');
    if (!isTaken) {
      this.ports.log.warn({ agency, reply: reply.kind }, 'a list was entered and not acknowledged: it comes again');
      return false;
    }
    if (held.acknowledge !== null) {
      await keepCursor(this.ports.db, agency, held.claim, { ...held, acknowledge: null, leaseSeconds: lease });
      held.acknowledge = null;
    }
    return true;
  }

  /** In the list's order, each case from where the ledger stands. What isn't taken is kept where an operator sees it. */
  private async enterPage(agency: string, reports: readonly Reported[]): Promise<boolean> {
    const { db, log } = this.ports;
    // What can't be a code isn't looked for: no list may fail over one row.
    const codes = [...new Set(reports.map(({ caseCode }) => caseCode))].filter((code) => /^[\x21-\x7e]+$/.test(code));
    const views = await senderViews(db, agency, codes);
    const untaken: Untaken[] = [];
    const passed: Untaken[] = [];
    const entered = new Set<string>();
    const over = new Set<string>();
    for (const report of unknown(reports, (code) => views.get(code)?.state ?? null)) {
      const outcome = await this.enter(agency, report);
      if (outcome.kind === 'unavailable') return false;
      const { caseCode, type, state, data } = report;
      if (outcome.kind === 'untaken') {
        const { reason, faults } = outcome;
        log.warn({ agency, code: reason, faults }, 'a row of a list was not taken: lienthong collected ls');
        untaken.push({ caseCode, type, state, data, reason, faults });
        continue;
      }
      entered.add(caseCode);
      passed.push(...takeOut(untaken, caseCode));
      if (isOver(report)) over.add(caseCode);
    }
    // Those that a newer row of their case passed are ended with what stood there before; the page's last word stays.
    await keepUntaken(db, agency, passed);
    await endUntaken(db, agency, { ids: [], overtaken: [...entered] });
    await keepUntaken(db, agency, untaken);
    await endCollections(db, agency, [...over]);
    return true;
  }

  /** Files first, so that no event names bytes that aren't there. */
  private async enter(agency: string, report: Reported): Promise<Entered> {
    const { type, data, state, came, caseCode: code } = report;
    try {
      for (const file of report.files) await keepFile(this.ports.db, file);
    } catch (error) {
      this.ports.log.warn({ agency, code: codeOf(error) }, 'a collected file could not be kept');
      return { kind: 'unavailable' };
    }
    await this.ports.enterReport.room();
    const at = { data: '', code: '/code' } as const;
    const outcome = await this.ports.enterReport.run(
      { sender: agency, key: null, type, code, data, state, came, at },
      'collect',
    );
    if (outcome.kind === 'held') return { kind: 'held' };
    const { code: reason, faults = [] } = outcome.refusal;
    return reason === 'unavailable' ? { kind: 'unavailable' } : { kind: 'untaken', reason, faults };
  }

  /** A case may have become known meanwhile, or a contract changed. */
  private async tryAgain(agency: string): Promise<void> {
    const due = await takeUntaken(this.ports.db, agency, MOST_AGAIN);
    for (const report of due) {
      const outcome = await this.enter(agency, { ...report, type: report.type as Reported['type'], files: [] });
      if (outcome.kind === 'held') await endUntaken(this.ports.db, agency, { ids: [report.id], overtaken: [] });
    }
  }

  private contextOf(contract: ContractVersion): SendContext {
    return {
      contract,
      timeoutMs: durationMs(contract.limits.timeout),
      secret: this.ports.secret,
      asUpdate: false,
      key: '',
    };
  }
}

interface Hold {
  agency: string;
  contract: ContractVersion;
  connector: ListConnector;
  lease: number;
  context: SendContext;
  held: HeldList;
}

/** A cursor is a word of one interface at one address. */
const sourceOf = ({ protocol, endpoint, collect }: ContractVersion): string =>
  [protocol, endpoint?.baseUrl ?? '-', (collect?.ask === 'list' && collect.operation) || '-'].join(' ');

/** Of each case those after the state that the ledger has of this sender; that one itself stays, and becomes a receipt. */
function unknown(reports: readonly Reported[], lastState: (code: string) => string | null): Reported[] {
  const from = new Map<string, number>();
  reports.forEach(({ caseCode, state }, i) => {
    if (state === lastState(caseCode)) from.set(caseCode, i);
  });
  return reports.filter(({ caseCode }, i) => i >= (from.get(caseCode) ?? 0));
}

function takeOut(untaken: Untaken[], code: string): Untaken[] {
  const passed = untaken.filter(({ caseCode }) => caseCode === code);
  untaken.splice(0, untaken.length, ...untaken.filter(({ caseCode }) => caseCode !== code));
  return passed;
}

/** Nothing more will come of it by this interface: processed, returned, refused or withdrawn. */
function isOver({ type, data }: Reported): boolean {
  const status = statusOf(type, data);
  return status !== undefined && (status === 9 || isFinal(status));
}
