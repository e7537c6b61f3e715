import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { recipients } from '#domain';
import { shortType, type AgencyFile, type ContractVersion } from '#wire';
import { ContractBook } from '../contract-book.js';
import { applyAgency } from '../contracts/apply-agency.js';
import type { Counts, Reconciliation } from '../counts.js';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import { claimLanes } from '../lanes/claim.js';
import type { ClaimedLane } from '../lanes/claimed-lane.js';
import type { Outcome, OutcomeKind } from '../lanes/outcome.js';
import { commitOutcomes } from '../lanes/settle.js';
import { plan } from '../plan.js';
import { Reckoning, type BookLine, type SubmittedLine } from '../reconcile.js';
import { enlist } from '../workers.js';
import { outcomeFor } from './outcome-for.js';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const received = 'vn.lienthong.case.received.v1';
const changed = 'vn.lienthong.case.status-changed.v1';

const version = (receives: ContractVersion['receives'], sends: string[]): ContractVersion => ({
  validFrom: '2018-01-01',
  owner: 'G15',
  protocol: 'topic',
  receives,
  sends,
  limits: { inFlight: 100, timeout: '10s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [],
  onDuplicate: 'refuse',
});
const agency = (id: string, ...versions: ContractVersion[]): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions,
});
const all = ['case.received', 'case.status-changed'];
/** A receives cases from 2021 on, all see everything but their own; `ministry` keeps no book. */
const files = [
  agency('one-stop', version([{ procedures: ['*'], cases: 'own', events: all }], all)),
  agency('portal', version([{ procedures: ['*'], events: all }], [])),
  agency('records', { ...version([{ procedures: ['p'], events: ['case.received'] }], all), validFrom: '2021-01-01' }),
  agency('ministry', version([{ procedures: ['p'], events: ['case.received'] }], [])),
];

export const hashOf = (item: string): string => createHash('sha256').update(item).digest('hex');
export const itemOf = (lane: ClaimedLane): string => hashOf(`${lane.agencyId}/${lane.caseCode}/${lane.sequence}`);

/** A ledger with four agencies, and the books that three of them would keep. A spec spoils one side and counts. */
export class CountedWorld {
  books: Record<string, BookLine[]> = {};
  submitted: SubmittedLine[] = [];
  worker = '';

  private constructor(
    readonly db: Database,
    private readonly fresh: FreshDatabase,
    private readonly contracts: ContractBook,
  ) {}

  static async begin(): Promise<CountedWorld> {
    const fresh = await freshDatabase();
    const db = new Database(fresh.url, 'spec', quiet);
    for (const file of files) await applyAgency(db, file);
    const contracts = new ContractBook(db, quiet);
    await contracts.refresh();
    return new CountedWorld(db, fresh, contracts);
  }

  async clear(): Promise<void> {
    await this.db.pool.query(
      `truncate streams, aliases, event_ids, events, receipts, outbox, plan_cursor, lanes, deliveries, attempts`,
    );
    this.worker = await enlist(this.db, 'spec');
    this.closeBooks();
  }

  closeBooks(): void {
    this.books = { 'one-stop': [], portal: [], records: [] };
    this.submitted = [];
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.fresh.drop();
  }

  /** The one-stop enters a case of three events, of which `records` reports the second. */
  async caseOf(code: string, openedOn = '2021-05-05'): Promise<string> {
    const answers = await enter(
      this.db,
      [
        {
          sender: 'one-stop',
          key: code,
          type: received,
          caseCode: code,
          data: { code },
          opens: { procedure: 'p', openedOn, dueAt: null },
          status: 2,
        },
        { sender: 'records', key: `${code}/4`, type: changed, caseCode: code, data: { status: 4 }, status: 4 },
        { sender: 'one-stop', key: `${code}/8`, type: changed, caseCode: code, data: { status: 8 }, status: 8 },
      ],
      () => true,
    );
    answers.forEach((answer, i) => {
      if (answer.outcome !== 'accepted') throw new Error(answer.outcome);
      if (i !== 1) this.submitted.push({ n: this.submitted.length + 1, code, eventId: answer.eventId });
    });
    return (answers[0] as { stream: string }).stream;
  }

  planned(streams: string[]): Promise<unknown> {
    return plan(this.db, streams, (e) => ({
      recipients: recipients({ ...e, type: shortType(e.type) }, this.contracts.receiversOn(e.openedOn)).map(
        (agency) => ({ agency }),
      ),
      collectFrom: [],
    }));
  }

  write(to: string, code: string, hash: string, effect: BookLine['effect'] = 'applied'): void {
    const book = (this.books[to] ??= []);
    book.push({ n: book.length + 1, code, hash, effect });
  }

  async claim(agency: string, limit: number, outSeconds: number): Promise<ClaimedLane[]> {
    return (await claimLanes(this.db, { worker: this.worker, agency, limit, late: 0, outSeconds, canAsk: false }))
      .claimed;
  }

  /** Delivers what waits; each partner writes its line before its outcome is committed. */
  async deliver(reply: (lane: ClaimedLane) => OutcomeKind = () => 'acknowledged', tries = 1): Promise<void> {
    for (const { id } of files)
      for (;;) {
        const lanes = await this.claim(id, 100, 0);
        if (lanes.length === 0) break;
        const outcomes = lanes.map((lane) => outcomeOf(lane, reply(lane), tries));
        for (const [i, lane] of lanes.entries())
          if (outcomes[i]!.kind === 'acknowledged' && id !== 'ministry') this.write(id, lane.caseCode, itemOf(lane));
        await commitOutcomes(this.db, this.worker, outcomes);
      }
  }

  async count(): Promise<Reconciliation> {
    const reckoning = await Reckoning.begin(this.db);
    try {
      for (const [id, lines] of Object.entries(this.books)) {
        await reckoning.hasBook(id);
        await reckoning.addBookLines(id, lines);
      }
      await reckoning.addSubmitted('one-stop', this.submitted);
      const result = await reckoning.count();
      expectBalance(result);
      for (const counts of Object.values(result.byAgency)) expectBalance(counts);
      return result;
    } finally {
      reckoning.end();
    }
  }
}

export function outcomeOf(
  lane: ClaimedLane,
  kind: OutcomeKind,
  tries = 1,
  itemHash: string | null = itemOf(lane),
): Outcome {
  const attempt = {
    operation: 'op',
    itemHash,
    startedAt: Date.now(),
    endedAt: Date.now(),
    outcome: kind,
    inDoubt: false,
    reply: null,
  };
  return outcomeFor(lane, kind, {
    waitMs: 60_000,
    itemHash,
    attempts: Array.from({ length: tries }, () => attempt),
  });
}

/** To the unit: nothing that is expected can be in none of the columns, or in two. */
function expectBalance(c: Counts & { discrepancies?: unknown }): void {
  const lostAtIntake =
    c.lost - (c.expected + c.unexpected - c.delivered - c.unverified - c.waiting - c.parked - c.closed);
  expect(lostAtIntake).toBeGreaterThanOrEqual(0);
  if (lostAtIntake > 0) expect(c.entered).toBeGreaterThanOrEqual(lostAtIntake);
}
