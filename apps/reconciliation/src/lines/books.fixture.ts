import {
  applyAgency,
  carryOn,
  claimLanes,
  commitOutcomes,
  Database,
  enlist,
  enter,
  findComparison,
  listDiscrepancies,
  orderComparison,
  ourLines,
  plan,
  refreshLines,
  resendBatch,
  takeComparison,
  takeOperations,
  type Comparison,
  type EntryItem,
  type OpenDiscrepancy,
} from '#ledger';
import { createLog } from '#service';
import {
  bucketOf,
  byteOrder,
  comparedFields,
  lineHash,
  sha256,
  type AgencyFile,
  type ComparedField,
  type Digest,
  type Line,
  type Range,
  type ReconcileLines,
  type RepairPolicy,
} from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { outcomeFor } from '../../../../libs/ledger/src/testing/outcome-for.js';
import { compareLines, type ToCompare } from './compare-lines.js';
import type { LineSource } from './line-source.js';

const log = createLog('spec', 'silent');
export const compares: ComparedField[] = comparedFields.filter((field) => field !== 'judged' && field !== 'finishedOn');

type Kind = 'list' | 'digest' | 'look-up';
/** Of one comparison: its order, its way, its contract. `days`: as far back as the way says, and not the usual months. */
interface More {
  day?: string;
  from?: string;
  to?: string;
  by?: ReconcileLines['by'];
  leastMatch?: number;
  sure?: boolean;
  days?: string;
  compares?: ComparedField[];
  repairs?: RepairPolicy;
  contract?: Partial<ToCompare['contract']>;
}

export const issued = {
  type: 'vn.lienthong.case.result-issued.v1' as const,
  status: 9 as const,
  data: {
    status: 9,
    at: '2026-05-10T09:00:00+07:00',
    documents: [{ sha256: 'ab'.repeat(32) }],
    judicialRecord: { number: '12/LLTP' },
  },
};
export const works = {
  type: 'vn.lienthong.case.status-changed.v1' as const,
  status: 4 as const,
  data: { status: 4, at: '2026-05-06T09:00:00+07:00' },
};
export const revoked = {
  type: 'vn.lienthong.case.result-revoked.v1' as const,
  data: { at: '2026-05-12T09:00:00+07:00' },
} as const;
export const codes = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `000.${10 + i}.22.H53-260505-${String(i + 1).padStart(4, '0')}`);

export const portal = (more: object = {}): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'portal',
  name: { vi: 'Cổng', en: 'Portal' },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'G22',
      protocol: 'topic',
      receives: [{ procedures: ['*'], events: ['case.received'] }],
      sends: [],
      limits: { inFlight: 100, timeout: '10s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [],
      onDuplicate: 'refuse',
      ...more,
    },
  ],
});

/** A partner's books as its own lines: a spec falsifies them. What the hub knows of it comes from the ledger alone. */
export class Books {
  theirs: Line[] = [];
  worker = '';
  /** Before the n-th read of lines. */
  whileRead: (n: number) => Promise<void> = () => Promise.resolve();
  reads = 0;

  private constructor(
    readonly db: Database,
    private readonly fresh: FreshDatabase,
  ) {}

  get url(): string {
    return this.fresh.url;
  }

  static async begin(): Promise<Books> {
    const fresh = await freshDatabase();
    const db = new Database(fresh.url, 'spec', log);
    await applyAgency(db, portal());
    return new Books(db, fresh);
  }

  async clear(): Promise<void> {
    await this.db.pool
      .query(`truncate streams, aliases, event_ids, events, receipts, outbox, plan_cursor, lanes, deliveries, attempts,
      book_lines, book_refreshes, book_digests, comparisons, discrepancies, discrepancy_repairs, operations`);
    this.worker = await enlist(this.db, 'spec');
    Object.assign(this, { theirs: [], reads: 0, whileRead: () => Promise.resolve() });
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.fresh.drop();
  }

  /** A case of these events after its application, entered and planned for the portal. */
  async enters(codes: readonly string[], ...more: Pick<EntryItem, 'type' | 'data' | 'status'>[]): Promise<string[]> {
    const items = codes.flatMap((code, i): EntryItem[] => [
      {
        ...{ sender: 'one-stop', key: code, type: 'vn.lienthong.case.received.v1', caseCode: code, status: 2 },
        opens: { procedure: 'p', openedOn: '2026-05-05', dueAt: null },
        data: { procedure: { code: 'p' }, receivedAt: `2026-05-0${1 + (i % 5)}T08:00:00+07:00`, dueAt: '2026-05-20T17:00:00+07:00',
          applicant: { name: `Nguyễn  Văn ${code}`, idNumber: `0720900${String(i).padStart(5, '0')}` } }, // prettier-ignore
      },
      ...more.map((event, n): EntryItem => ({ sender: 'one-stop', key: `${code}/${n}`, caseCode: code, ...event })),
    ]);
    const answers = await enter(this.db, items, () => true);
    const refused = answers.find(({ outcome }) => outcome !== 'accepted');
    if (refused) throw new Error(refused.outcome);
    const streams = [...new Set(answers.map((answer) => (answer as { stream: string }).stream))];
    await plan(this.db, streams, () => ({ recipients: [{ agency: 'portal' }], collectFrom: [] }));
    return streams;
  }

  /** One more event of a case, planned for the portal. */
  async goesOn(code: string, event: Pick<EntryItem, 'type' | 'data' | 'status'>): Promise<void> {
    const key = `${code}/${event.type}/${String(event.status)}`;
    const [answer] = await enter(this.db, [{ sender: 'one-stop', key, caseCode: code, ...event }], () => true);
    const { stream } = answer as { stream: string };
    await plan(this.db, [stream], () => ({ recipients: [{ agency: 'portal' }], collectFrom: [] }));
  }

  /** The portal acknowledges all that waits. A worker's lease is seconds long, and nothing beats for it here. */
  async deliver(): Promise<void> {
    this.worker = await enlist(this.db, 'spec');
    for (;;) {
      const ask = { worker: this.worker, agency: 'portal', limit: 500, late: 0, outSeconds: 0, canAsk: false };
      const { claimed } = await claimLanes(this.db, ask);
      if (claimed.length === 0) return;
      const attempt = {
        operation: 'op',
        itemHash: null,
        startedAt: Date.now(),
        endedAt: Date.now(),
        outcome: 'accepted',
        inDoubt: false,
        reply: null,
      };
      await commitOutcomes(this.db, this.worker, claimed.map((lane) => outcomeFor(lane, 'acknowledged', { attempts: [attempt] }))); // prettier-ignore
    }
  }

  /** A delivery process takes what was ordered. */
  async carryOut(): Promise<void> {
    this.worker = await enlist(this.db, 'spec');
    for (const { id } of await takeOperations(this.db, this.worker))
      await carryOn(this.db, this.worker, id, (client, operation) => resendBatch(client, operation, 100));
  }

  /** So many cases that the portal has acknowledged, and books that agree. */
  async entered(n: number, ...more: (typeof works | typeof issued)[]): Promise<string[]> {
    const all = codes(n);
    await this.enters(all, ...more);
    await this.deliver();
    await refreshLines(this.db, 'portal', compares);
    await this.agree();
    return all;
  }

  /** The portal's books say what ours do, until a spec falsifies them. */
  async agree(): Promise<void> {
    this.theirs = [];
    for await (const lines of ourLines(this.db, 'portal', { from: '2000-01-01', to: '2999-01-01' }))
      this.theirs.push(
        ...lines.map(({ key, receivedOn, hash, fields }) => ({ key, receivedOn, hash, fields: { ...fields } })),
      );
  }

  /** Their line of this key, changed, with the hash of what it says now. */
  falsify(key: string, change: (line: Line & { fields: NonNullable<Line['fields']> }) => void): void {
    const line = this.theirs.find((one) => one.key === key) as Line & { fields: NonNullable<Line['fields']> };
    change(line);
    line.hash = lineHash(line.key, line.fields, compares);
  }

  source(kind: Kind): LineSource {
    const within = ({ from, to, bucket }: Range): Line[] =>
      this.theirs.filter(
        (l) => l.receivedOn >= from && l.receivedOn <= to && (bucket === undefined || bucketOf(l.key) === bucket),
      );
    const digest = (range: Range): Digest => {
      const lines = within(range).sort((a, b) => byteOrder(a.key, b.key) || byteOrder(a.hash, b.hash));
      const text = lines.map(({ key, hash }) => `${key}\n${hash}\n`).join('');
      return { range, lines: lines.length, digest: sha256(text).toString('hex') };
    };
    return {
      coverage: kind === 'look-up' ? 'ours only' : 'both',
      exchanged: 0,
      lines: async (range, take) => {
        await this.whileRead(++this.reads);
        const lines = kind === 'look-up' ? await this.known(within(range)) : within(range);
        await take(kind === 'digest' ? lines.map(({ fields: _, ...line }) => line) : lines);
      },
      ...(kind === 'digest' ? { digest: (ranges: readonly Range[]) => Promise.resolve(ranges.map(digest)) } : {}),
      close: () => Promise.resolve(),
    };
  }

  /** One comparison with the books as they are now, to its end. */
  async compare(
    kind: Kind = 'list',
    { day = '2026-05-30', from = '2026-04-01', to = '2026-06-30', ...more }: More = {},
  ): Promise<Comparison> {
    const days = more.days === undefined ? { from, to } : {};
    const order = { agency: 'portal', day, source: more.by ?? kind, author: 'lan', ...days };
    const { comparison } = await orderComparison(this.db, { ...order, sure: more.sure ?? false });
    const taken = (await takeComparison(this.db))!;
    const asked = {
      contract: { sends: [], ...more.contract },
      way: { by: 'paged-list', compares, days: '3650d', ...more } as ReconcileLines,
      source: this.source(kind),
    };
    await compareLines(this.db, log, taken, asked, new AbortController().signal);
    return (await findComparison(this.db, comparison.id))!;
  }

  /** Of these, the lines whose keys are ours: of no other is anybody asked. */
  private async known(lines: readonly Line[]): Promise<Line[]> {
    const keys = new Set<string>();
    for await (const ours of ourLines(this.db, 'portal', { from: '2000-01-01', to: '2999-01-01' }))
      for (const { key } of ours) keys.add(key);
    return lines.filter(({ key }) => keys.has(key));
  }

  open(): Promise<OpenDiscrepancy[]> {
    return listDiscrepancies(this.db, { limit: 10_000 });
  }

  /** Type and key of each that is open. */
  async named(): Promise<string[]> {
    return (await this.open()).map(({ type, key }) => `${type} ${key}`).sort();
  }
}
