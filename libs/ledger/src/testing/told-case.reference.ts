import fc from 'fast-check';
import type { ReportPeriod } from '#domain';
import type { CaseReportVersion } from '#wire';
import type { CaseCounts } from '../reports/case-report.js';
import type { ReportBy } from '../reports/counted-cases.js';
import type { ToldCase, ToldEvent } from './told-case.js';

/** Courses that the ledger takes, S a supplement that came. */
const courses = [
  '', '4', '4 9', '4 9 10', '9', '4 5', '4 5 S', '4 5 S 9', '4 5 S 5 S 9 10', '4 5 S 5', '7', '4 7', '3', '5 3', '4 8', '4 8 4 9', '6', '6 4 9', '10',
].map((text) => text.split(' ').filter(Boolean)); // prettier-ignore

const DAY_MS = 86_400_000;
const start = Date.parse('2020-12-15T00:00:00+07:00');
const iso = (ms: number): string => new Date(ms).toISOString();
const instant = fc.integer({ min: 0, max: 110 * 24 * 4 }).map((quarters) => start + quarters * 15 * 60_000);

/** Any case around the first quarter of 2021; its reports come in order, and their dates nearly always do. */
export const anyCase: fc.Arbitrary<ToldCase> = fc
  .record({
    receivedAt: instant,
    term: fc.option(fc.integer({ min: -1, max: 40 }), { freq: 4 }),
    channel: fc.constantFrom('counter' as const, 'online' as const, 'post' as const),
    field: fc.constantFrom('A', 'B', 'C'),
    unit: fc.constantFrom('1', '2'),
    procedure: fc.constantFrom('000001', '000002', '000003'),
    status: fc.constantFrom(2 as const, 2 as const, 2 as const, 1 as const),
    course: fc.constantFrom(...courses),
    gaps: fc.array(fc.integer({ min: 0, max: 20 * 24 }), { minLength: 7, maxLength: 7 }),
    says: fc.array(fc.constantFrom('finish', 'other', 'none'), { minLength: 7, maxLength: 7 }),
    prolongs: fc.option(fc.integer({ min: 1, max: 60 })),
  })
  .map(({ receivedAt, term, course, gaps, says, prolongs, ...rest }) => {
    let now = receivedAt;
    const then = course.map((step, i): ToldEvent => {
      now += gaps[i]! * 3_600_000;
      if (step === 'S')
        return {
          kind: 'supplement',
          at: iso(now),
          ...(prolongs === null ? {} : { dueAt: iso(now + prolongs * DAY_MS) }),
        };
      const status = Number(step) as 4;
      const finishedAt = says[i] === 'finish' ? iso(now) : iso(now - gaps[i]! * 1_800_000);
      return {
        kind: 'status',
        status,
        at: iso(now),
        ...([9, 10].includes(status) && says[i] !== 'none' ? { finishedAt } : {}),
      };
    });
    const [first] = course;
    // From 1 a case goes by 2, or not at all.
    const moves: ToldEvent[] =
      rest.status === 1 && first !== undefined && !['3', '5', '7'].includes(first)
        ? [{ kind: 'status', status: 2, at: iso(receivedAt) }, ...then]
        : then;
    const due = term === null ? {} : { dueAt: iso(receivedAt + term * DAY_MS) };
    return { code: '', receivedAt: iso(receivedAt), then: moves, ...due, ...rest };
  });

const dayOf = (text: string): string => iso(Date.parse(text) + 7 * 3_600_000).slice(0, 10);

interface Life {
  received: string | undefined;
  refused: boolean;
  finished: string | undefined;
  ended: string | undefined;
}

function lifeOf(told: ToldCase, version: CaseReportVersion): Life {
  const then = told.then ?? [];
  const of = (status: number) => then.flatMap((e) => (e.kind === 'status' && e.status === status ? [e] : []));
  const taken = then.find((e) => e.kind === 'supplement' || ![1, 3, 7].includes(e.status));
  const finished = version.endedAt
    .map((name) => {
      const [status, member] = name.split('.') as ['9', 'finishedAt' | 'at'];
      return of(Number(status))
        .map((e) => e[member])
        .filter((text) => text !== undefined)
        .sort()[0];
    })
    .find((text) => text !== undefined);
  return {
    received: told.status === 1 ? taken?.at : (told.receivedAt ?? undefined),
    refused: of(3).length > 0,
    finished,
    ended: finished ?? of(7)[0]?.at,
  };
}

/** The status at the end of that day, by what had happened until then. */
function statusAt(told: ToldCase, day: string): number {
  const before = (told.then ?? []).filter(({ at }) => dayOf(at) <= day);
  const last = before.at(-1);
  return last === undefined ? (told.status ?? 2) : last.kind === 'supplement' ? 4 : last.status;
}

function dueOn(told: ToldCase, day: string): string | undefined {
  const said = (told.then ?? []).flatMap((e) => (e.kind === 'supplement' && e.dueAt !== undefined ? [e] : []));
  const first = told.dueAt ?? said[0]?.dueAt;
  return said.filter(({ at }) => dayOf(at) <= day).at(-1)?.dueAt ?? first;
}

/** II.06a counted by plain loops over what was told: the reference that the ledger's SQL has to meet. */
export function countTold(
  cases: readonly ToldCase[],
  { first, last }: ReportPeriod,
  by: ReportBy,
  version: CaseReportVersion,
): Record<string, CaseCounts> {
  const rows: Record<string, CaseCounts> = {};
  for (const told of cases) {
    const { received, refused, finished, ended } = lifeOf(told, version);
    if (received === undefined || refused) continue;
    const [on, over] = [dayOf(received), ended === undefined ? undefined : dayOf(ended)];
    const carried = on < first;
    if (on > last || (carried && over !== undefined && over < first)) continue;
    const due = dueOn(told, last);
    const resolved = over !== undefined && over <= last;
    const verdict = !resolved ? undefined
      : finished === undefined ? version.withdrawn
      : due === undefined ? version.withoutDue
      : dayOf(finished) < dayOf(due) ? 'early' : dayOf(finished) === dayOf(due) ? 'on-time' : 'overdue'; // prettier-ignore
    const inTime = due === undefined || dayOf(due) >= last || version.pauses.includes(statusAt(told, last) as 5);
    const row = told[by]!;
    const counts = (rows[row] ??= {
      received: 0, online: 0, direct: 0, carriedOver: 0, resolved: 0, early: 0, onTime: 0, overdue: 0, open: 0, openInTime: 0, openOverdue: 0,
    }); // prettier-ignore
    counts.received++;
    counts[carried ? 'carriedOver' : told.channel === 'online' ? 'online' : 'direct']++;
    counts[resolved ? 'resolved' : 'open']++;
    if (verdict) counts[verdict === 'on-time' ? 'onTime' : verdict]++;
    else counts[inTime ? 'openInTime' : 'openOverdue']++;
  }
  return rows;
}
