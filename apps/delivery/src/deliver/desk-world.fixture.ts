import { startPartner, type Answer, type ScriptedPartner } from '../../../../libs/connectors/src/testing/partner.js';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { connectorFor, type Connector } from '#connectors';
import { Database, enlist, enter, plan, type ContractBook, type EntryItem, type WorkerRank } from '#ledger';
import { createLog } from '#service';
import type { ContractVersion } from '#wire';
import type { Worker } from '../worker.js';
import { AgencyDesk } from './agency-desk.js';
import { termsOf } from './contract-terms.js';
import { stepsOf } from './kept-steps.js';
import { OutcomeWriter } from './outcome-writer.js';

const log = createLog('spec', 'silent');

export interface Desk {
  desk: AgencyDesk;
  worker: string;
  place: WorkerRank | undefined;
  /** As the contract book says. */
  isPaused: boolean;
}

/** A ledger, partners over HTTP, and as many desks of as many workers as a spec asks for. */
export class DeskWorld {
  readonly desks: Desk[] = [];
  readonly partners: ScriptedPartner[] = [];
  stepsRead = 0;
  private cases = 0;

  private constructor(
    readonly db: Database,
    private readonly fresh: FreshDatabase,
  ) {}

  static async begin(): Promise<DeskWorld> {
    const fresh = await freshDatabase();
    return new DeskWorld(new Database(fresh.url, 'spec', log), fresh);
  }

  async end(): Promise<void> {
    for (const partner of this.partners) await partner.stop();
    await Promise.all(this.desks.map(({ desk }) => desk.stop()));
    await this.db.close();
    await this.fresh.drop();
  }

  async partner(answer: Answer): Promise<ScriptedPartner> {
    const partner = await startPartner(answer);
    this.partners.push(partner);
    return partner;
  }

  contract(url: string, limits: Partial<ContractVersion['limits']>, more: Partial<ContractVersion> = {}) {
    return {
      validFrom: '2018-01-01',
      owner: 'G15',
      protocol: 'http-json',
      endpoint: { baseUrl: url },
      receives: [],
      sends: [],
      limits: { inFlight: 4, timeout: '5s', ...limits },
      retry: { first: '100ms', factor: 2, atMost: '1s', giveUpAfter: '1h' },
      breaker: { opensAfter: 1_000, probeFirst: '50ms', probeAtMost: '200ms' },
      onDuplicate: 'refuse',
      replies: [
        { when: { status: 429 }, means: 'busy' },
        { when: { status: 503 }, means: 'busy' },
        { when: { status: 401 }, means: 'session-expired' },
        { when: { status: 422 }, means: 'refused' },
        { when: { status: '2xx' }, means: 'accepted' },
      ],
      ...more,
    } as ContractVersion;
  }

  async desk(
    agency: string,
    contract: ContractVersion,
    place: WorkerRank | undefined = { workers: 1, rank: 0 },
    connector: Connector = connectorFor('http-json', {
      agency: 'spec',
      contract,
      publish: () => Promise.resolve(),
      append: () => Promise.resolve([]),
    }),
  ): Promise<Desk> {
    await this.db.pool.query(`insert into agencies (id, name) values ($1, '{}') on conflict do nothing`, [agency]);
    const made: Desk = {
      worker: await enlist(this.db, `${agency}-${this.desks.length}`),
      place,
      isPaused: false,
    } as Desk;
    await this.db.pool.query(`update workers set lease_until = now() + interval '1 hour'`);
    const worker = { id: made.worker, isAlive: () => true, place: () => made.place } as unknown as Worker;
    const partner = { contract, terms: termsOf(contract, connector), connector };
    made.desk = new AgencyDesk(agency, {
      db: this.db,
      book: { version: () => contract, isPaused: () => made.isPaused } as unknown as ContractBook,
      worker,
      writer: new OutcomeWriter(this.db, worker, log),
      tools: {
        mayStillSend: () => true,
        secret: () => '',
        file: () => Promise.reject(new Error('none')),
        steps: (lane) => {
          this.stepsRead++;
          return stepsOf({ db: this.db, worker }, lane);
        },
      },
      log,
      partner: () => partner,
      onTimer: () => undefined,
    });
    this.desks.push(made);
    return made;
  }

  /** So many cases of so many events each, all waiting their turn; their codes. */
  async waiting(agency: string, cases: number, events = 1, word = ''): Promise<string[]> {
    const codes = Array.from({ length: cases }, () => `${agency}-${++this.cases}`);
    const items = codes.flatMap((code) =>
      Array.from({ length: events }, (_, i): EntryItem => ({
        sender: 'm',
        key: `${code}/${i}`,
        type: i === 0 ? 'vn.lienthong.case.received.v1' : 'vn.lienthong.case.status-changed.v1',
        caseCode: code,
        data: { code, n: i + 1, word },
        ...(i === 0 ? { status: 2, opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null } } : {}),
      })),
    );
    const answers = await enter(this.db, items, () => true);
    const streams = [...new Set(answers.map((a) => (a as { stream: string }).stream))];
    await plan(this.db, streams, () => ({ recipients: [{ agency }], collectFrom: [] }));
    return codes;
  }

  async lanes(agency: string): Promise<Record<'open' | 'turn' | 'timer' | 'person' | 'held' | 'doubt', number>> {
    const { rows } = await this.db.pool.query<Record<string, number>>(
      `select count(*) filter (where done < last)::int as open, count(*) filter (where wait = 'turn')::int as turn,
         count(*) filter (where wait = 'timer')::int as timer, count(*) filter (where wait = 'person')::int as person,
         count(worker)::int as held, count(*) filter (where doubt)::int as doubt from lanes where agency_id = $1`,
      [agency],
    );
    return rows[0] as Awaited<ReturnType<DeskWorld['lanes']>>;
  }
}
