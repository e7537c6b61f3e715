import type { CaseApplication, CaseStatus, EventType, ResultIssued } from '#wire';
import type { Database } from '../database.js';
import { revokedResult } from '../lanes/claimed-lane.js';
import { isOwnCode } from '../own-code.js';

/** An event of the ledger as an agency would get it for the first time today. JSON is read when it is asked for, and once. */
export class PastEvent {
  readonly revision = 1;
  private parsed: unknown;
  private parsedCase: CaseApplication | undefined;

  constructor(private readonly row: PastRow) {}

  get eventId(): string {
    return this.row.id;
  }
  get type(): EventType {
    return this.row.type;
  }
  get caseCode(): string {
    return this.row.code;
  }
  get sequence(): number {
    return this.row.sequence;
  }
  get sender(): string {
    return this.row.sender;
  }
  get status(): CaseStatus {
    return this.row.status;
  }
  get recordedAt(): string {
    return this.row.recordedAt.toISOString();
  }
  get dataText(): string {
    return this.row.body;
  }
  get data(): unknown {
    return (this.parsed ??= JSON.parse(this.row.body) as unknown);
  }
  get application(): CaseApplication {
    return (this.parsedCase ??= (
      this.row.application === null ? this.data : JSON.parse(this.row.application)
    ) as CaseApplication);
  }
  get result(): ResultIssued | undefined {
    return this.row.result === null ? undefined : (JSON.parse(this.row.result) as ResultIssued);
  }
  /** Who must know it follows the stream's own day. */
  get openedOn(): string {
    return this.row.openedOn;
  }
  get procedure(): string {
    return this.row.procedure;
  }
  get unit(): string | null {
    return this.row.unit;
  }
  get enteredBy(): string {
    return this.row.enteredBy;
  }
  get alsoEnteredBy(): readonly string[] {
    return this.row.alsoEnteredBy ?? [];
  }
}

interface PastRow {
  id: string;
  type: EventType;
  code: string;
  sequence: number;
  sender: string;
  status: CaseStatus;
  recordedAt: Date;
  body: string;
  application: string | null;
  result: string | null;
  openedOn: string;
  procedure: string;
  unit: string | null;
  enteredBy: string;
  alsoEnteredBy: string[] | null;
}

const APPLICATIONS = `('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')`;

/** For `e` events, `s` their streams, `l` the agency's lanes. `withCase`: a parameter, mapping needs the case in full. */
const columns = (withCase: string): string => `
  e.id, e.type, e.sequence, e.sender, e.status, e.recorded_at as "recordedAt", e.body::text as body, s.opened_on::text as "openedOn",
  s.procedure, s.unit, s.entered_by as "enteredBy", s.also_entered_by as "alsoEnteredBy",
  coalesce(l.known_as, (select a.code from aliases a where ${isOwnCode('a', 'e.stream_id')})) as code,
  case when ${withCase} and e.type not in ${APPLICATIONS} then (
    select b.body::text from events b where b.stream_id = e.stream_id and b.sequence < e.sequence and b.type in ${APPLICATIONS}
    order by b.sequence desc limit 1) end as application,
  ${revokedResult(withCase, 'e.type', 'e.stream_id', 'e.sequence')} as result`;

/** What a period's events are narrowed to before anybody decides about each of them. */
export interface PastAsk {
  agency: string;
  /** Recorded from then on. */
  since: Date;
  /** Full types. */
  types: readonly string[];
  /** Null: all. */
  procedures: readonly string[] | null;
  withCase: boolean;
}

/** Pages are as large as a payload of the largest size allows in a small process; one more is on its way meanwhile. */
const PAGE = 250;

const CHOSEN = `
  from events e join streams s on s.id = e.stream_id left join lanes l on l.agency_id = $1 and l.stream_id = e.stream_id
  where e.recorded_at >= $2 and e.type = any ($3) and ($4::text[] is null or s.procedure = any ($4)) and e.sender <> $1`;

/** Walks a period's events in no order, as of one moment; writes nothing. `total` is known before the first page. */
export async function* pastEvents(
  db: Database,
  { agency, since, types, procedures, withCase }: PastAsk,
): AsyncGenerator<{ total: number; events: PastEvent[] }> {
  const values = [agency, since, types, procedures];
  const client = await db.pool.connect();
  let broken: Error | undefined;
  const cut = (error: Error): void => void (broken = error);
  client.on('error', cut);
  try {
    await client.query('begin transaction isolation level repeatable read, read only');
    // All of it is read: what comes first soonest isn't what is fastest.
    await client.query('set local cursor_tuple_fraction = 1');
    const counted = await client.query<{ total: number }>(`select count(*)::int as total ${CHOSEN}`, values);
    const { total } = counted.rows[0]!;
    await client.query(`declare past no scroll cursor for select ${columns('$5')} ${CHOSEN}`, [...values, withCase]);
    const next = async (): Promise<PastEvent[]> => {
      const { rows } = await client.query<PastRow>(`fetch ${PAGE} from past`);
      return rows.map((row) => new PastEvent(row));
    };
    for (let page = await next(); page.length > 0;) {
      const following = next();
      // Looked at below; until then a cut isn't an unhandled rejection.
      following.catch(() => undefined);
      yield { total, events: page };
      page = await following;
    }
  } finally {
    await client.query('rollback').catch((error: Error) => (broken = error));
    client.release(broken);
    client.off('error', cut);
  }
}

/** What hasn't ended for an agency, whatever its age, by page. It waits for a person, or for its turn. */
export async function* waitingEvents(
  db: Database,
  agency: string,
  withCase: boolean,
): AsyncGenerator<{ event: PastEvent; isParked: boolean }[]> {
  let after: [string, number] = ['0', 0];
  for (;;) {
    const { rows } = await db.query<PastRow & { stream: string; isParked: boolean }>(
      'past-events.waiting',
      `select d.stream_id as stream, d.state = 'parked' as "isParked", ${columns('$5')}
       from lanes l join deliveries d on d.agency_id = $1 and d.stream_id = l.stream_id and d.sequence > l.done
       join events e on e.stream_id = d.stream_id and e.sequence = d.sequence join streams s on s.id = e.stream_id
       where l.agency_id = $1 and l.done < l.last and d.state in ('open', 'parked') and l.stream_id >= $2 and (d.stream_id, d.sequence) > ($2::bigint, $3::int)
       order by d.stream_id, d.sequence limit $4`,
      [agency, ...after, PAGE, withCase],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => ({ event: new PastEvent(row), isParked: row.isParked }));
    after = [last.stream, last.sequence];
  }
}

/** One event of a case by its number, or its newest of these types. */
export async function pastEvent(
  db: Database,
  agency: string,
  code: string,
  which: { sequence: number } | { types: readonly string[] },
): Promise<PastEvent | undefined> {
  const { rows } = await db.query<PastRow>(
    'past-events.one',
    `select ${columns('true')} from aliases o
     join events e on e.stream_id = coalesce(o.moved_from, o.stream_id)
       and ($3::int is null or e.sequence = $3) and ($4::text[] is null or e.type = any ($4))
     join streams s on s.id = e.stream_id left join lanes l on l.agency_id = $1 and l.stream_id = e.stream_id
     where o.namespace = 'case' and o.code = $2 order by e.sequence desc limit 1`,
    [agency, code, 'sequence' in which ? which.sequence : null, 'types' in which ? which.types : null],
  );
  return rows[0] && new PastEvent(rows[0]);
}
