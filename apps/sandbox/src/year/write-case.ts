import type { CaseApplication, Channel, EventType, StatusChange } from '#wire';
import { declare } from './declare.js';
import { applicantOf, citizen, nameOf, phone } from './people.js';
import type { PlacedCase, YearPlan } from './plan-year.js';
import { Chance } from './random.js';
import { eveOf, timeAt } from './working-days.js';

/** What the counter hands to the one-stop's control port about a case, in order of its time. */
export interface CaseSubmission {
  key: string;
  case: CaseApplication;
  /** What the counter does once the judicial record has come back: it hands it over. */
  afterResult?: { delayMs: number; key: string; event: CounterEvent };
}
export interface EventSubmission {
  key: string;
  code: string;
  event: CounterEvent;
}
export interface CounterEvent {
  type: EventType;
  time: string;
  data: StatusChange;
}

/** A moment of the calendar: a working day's place and a second of that day. */
interface Moment {
  place: number;
  second: number;
}

export interface WrittenCase {
  case: CaseSubmission;
  /** With the working day on which each happens. */
  events: { place: number; submission: EventSubmission }[];
}

const opening = 7.5 * 3_600;
const noon = 11.5 * 3_600;
const afternoon = 13 * 3_600;
const lastReceipt = 16.5 * 3_600;
const closing = 17 * 3_600;
const handOverDelayMs = 20;
const statusChanged: EventType = 'vn.lienthong.case.status-changed.v1';

/** A case in full with all that its one-stop will say of it in the year: same plan and place, same text to the byte. */
export function writeCase(plan: YearPlan, placed: PlacedCase): WrittenCase {
  const chance = new Chance(plan.seed, 'case', placed.index);
  const received = { place: placed.received, second: receivedAt(placed) };
  const application = applicationOf(plan, placed, received, chance);
  const keys = `uong-bi-${plan.year.year}/${plan.cases}/${plan.seed}/${application.code}`;
  const changes = placed.judicial ? [] : progress(plan, placed, received, chance);
  const entered: CaseSubmission = { key: `${keys}/received`, case: application };
  if (placed.judicial && placed.outcome !== 'open') {
    entered.afterResult = { delayMs: handOverDelayMs, key: `${keys}/10`, event: handOver(plan, placed, chance) };
  }
  return {
    case: entered,
    events: changes.map(({ place, event }) => ({
      place,
      submission: { key: `${keys}/${event.data.status}`, code: application.code, event },
    })),
  };
}

/** Numbers of a day and times of a day run alike. */
function receivedAt({ number, ofDay }: PlacedCase): number {
  const at = Math.floor(((number - 0.5) / ofDay) * (noon - opening + lastReceipt - afternoon)) + opening;
  return at < noon ? at : at + afternoon - noon;
}

function applicationOf(plan: YearPlan, placed: PlacedCase, received: Moment, chance: Chance): CaseApplication {
  const { year } = plan;
  const { calendar, shares } = year;
  const day = calendar.day(placed.received);
  const channel = channelOf(chance, shares);
  const declared = placed.judicial ? declare(chance, year, day) : undefined;
  const byPost = chance.happens(shares.returnByPost);
  const applicant = declared
    ? { ...citizen(declared.applicant), ...contact(chance, channel) }
    : applicantOf(chance, channel === 'online', shares);
  return {
    code: `${year.unit.code}-${day.slice(2).replaceAll('-', '')}-${String(placed.number).padStart(4, '0')}`,
    procedure: { code: placed.procedure.code, name: placed.procedure.name },
    field: placed.procedure.field,
    channel,
    province: year.province,
    unit: year.unit,
    submittedAt: submittedAt(day, received.second, channel, chance),
    receivedAt: timeAt(day, received.second),
    dueAt: timeAt(calendar.day(placed.due), closing),
    summary: declared ? `Cấp Phiếu lý lịch tư pháp số ${declared.declaration.recordNumber}` : placed.procedure.name,
    applicant,
    returnBy: byPost ? 'post' : 'counter',
    ...(byPost
      ? {
          returnAddress: `Số ${chance.between(1, 240)}, khu ${chance.between(1, 12)}, phường Mẫu ${chance.between(1, 10)}`,
        }
      : {}),
    status: 2,
    ...(declared
      ? { fees: [{ code: 'LP-LLTP', name: 'Phí cung cấp thông tin lý lịch tư pháp', amount: 200_000, method: '1' }] }
      : {}),
    ...(declared ? { declaration: declared.declaration } : {}),
  };
}

const contact = (chance: Chance, channel: Channel) => ({
  phone: phone(chance),
  ...(channel === 'online' ? { portalAccount: `tai-khoan-mau-${chance.digits(8)}` } : {}),
});

function channelOf(chance: Chance, shares: { online: number; post: number }): Channel {
  const drawn = chance.share();
  return drawn < shares.online ? 'online' : drawn < shares.online + shares.post ? 'post' : 'counter';
}

/** Online from the evening before, by post the day before, at the counter minutes before. */
function submittedAt(day: string, received: number, channel: Channel, chance: Chance): string {
  if (channel === 'counter') return timeAt(day, received - chance.between(60, 1_200));
  if (channel === 'post') return timeAt(eveOf(day), chance.between(8 * 3_600, 16 * 3_600));
  return chance.happens(0.5)
    ? timeAt(eveOf(day), chance.between(18 * 3_600, 23 * 3_600))
    : timeAt(day, received - chance.between(300, 3_600));
}

interface Change {
  place: number;
  event: CounterEvent;
}

/** Statuses of a case that the centre works on itself. A part of real one-stops' cases never shows 4. */
function progress(plan: YearPlan, placed: PlacedCase, received: Moment, chance: Chance): Change[] {
  const { shares } = plan.year;
  const officer = { name: nameOf(chance, 'female'), position: 'Chuyên viên', department: placed.procedure.field.name };
  const change = (at: Moment, data: Partial<StatusChange> & Pick<StatusChange, 'status'>): Change =>
    changeAt(plan, at, { ...data, officer });
  if (placed.outcome === 'open') {
    const stage = chance.share();
    if (stage < shares.unresolvedAtReceived) return [];
    const taken = later(received, chance, 0.4);
    const inProcess = change(taken, { status: 4 });
    if (stage < 1 - shares.unresolvedAtSupplement) return [inProcess];
    return [inProcess, change(later(taken, chance, 1), { status: 5, reason: 'Bổ sung bản sao giấy tờ kèm theo' })];
  }
  const finished = finishedAt(plan, placed, received, chance);
  const changes: Change[] = [];
  const taken = finished.place === received.place ? between(received, finished, chance) : later(received, chance, 1);
  if (!chance.happens(shares.withoutStatus4)) changes.push(change(taken, { status: 4 }));
  changes.push(
    change(finished, { status: 9, startedAt: momentText(plan, received), finishedAt: momentText(plan, finished) }),
  );
  const returned = returnedAt(finished, chance);
  if (returned && returned.place <= plan.last) changes.push(change(returned, { status: 10 }));
  return changes;
}

/** The record is dated on the eve of the due day; the counter hands it over then, or on the due day itself. */
function handOver(plan: YearPlan, placed: PlacedCase, chance: Chance): CounterEvent {
  const finished =
    placed.outcome === 'early'
      ? { place: placed.due - 1, second: chance.between(16 * 3_600, closing) }
      : inHours(placed.due, chance);
  return changeAt(plan, finished, { status: 10, finishedAt: momentText(plan, finished) }).event;
}

function finishedAt(plan: YearPlan, placed: PlacedCase, received: Moment, chance: Chance): Moment {
  const earliest = Math.max(placed.received, plan.first);
  const place =
    placed.outcome === 'onTheDay' ? placed.due : chance.between(earliest, Math.min(placed.due - 1, plan.last));
  return place === received.place ? later(received, chance, 1) : inHours(place, chance);
}

/** Most on the day on which they are finished, some up to a week later; a few are never fetched. */
function returnedAt(finished: Moment, chance: Chance): Moment | undefined {
  const drawn = chance.share();
  if (drawn > 0.96) return undefined;
  return drawn < 0.6 ? later(finished, chance, 1) : inHours(finished.place + chance.between(1, 5), chance);
}

const inHours = (place: number, chance: Chance): Moment => ({
  place,
  second: chance.between(opening + 600, lastReceipt),
});

const later = ({ place, second }: Moment, chance: Chance, part: number): Moment => ({
  place,
  second: second + 1 + chance.below(Math.max(1, Math.floor((closing - second - 1) * part))),
});

const between = (from: Moment, to: Moment, chance: Chance): Moment => ({
  place: from.place,
  second: from.second + chance.below(to.second - from.second + 1),
});

const momentText = (plan: YearPlan, { place, second }: Moment): string => timeAt(plan.year.calendar.day(place), second);

function changeAt(plan: YearPlan, at: Moment, data: Omit<StatusChange, 'at'>): Change {
  const time = momentText(plan, at);
  return { place: at.place, event: { type: statusChanged, time, data: { ...data, at: time } } };
}
