import {
  countedDays,
  startOf,
  type CountedDay,
  type Due,
  type Suspension,
  type LegalTerm,
  type WorkingCalendar,
} from '#domain';
import { columns } from '../terminal/columns.js';
import { dayWords, momentWords } from './moments.js';

export interface Asked {
  calendar: WorkingCalendar;
  receivedAt: Date;
  term: LegalTerm;
  suspended: readonly Suspension[];
}

const unitWords: Record<LegalTerm['unit'], string> = {
  hours: 'giờ, kể cả ngoài giờ · hours, nights included',
  days: 'ngày, kể cả ngày nghỉ; ngày sau ngày tiếp nhận là ngày thứ nhất · days, days off included, from the day after',
  'working-hours': 'giờ làm việc · working hours',
  'working-days': 'ngày làm việc · working days',
};

/** How the due time comes about, day by day. */
export function dueWords({ calendar, receivedAt, term, suspended }: Asked, due: Due): string[] {
  const start = startOf(calendar, receivedAt);
  const rolled = start !== undefined && start !== receivedAt.getTime();
  const isWorked = term.unit.startsWith('working');
  const inHours = term.unit === 'working-days' ? ` = ${hours(term.count * calendar.dayHours * 3_600_000)}` : '';
  const until = due.outcome === 'due' ? due.at : due.outcome === 'suspended' ? due.since : undefined;
  const days = until ? countedDays(calendar, receivedAt, until, suspended) : [];
  return [
    `Tiếp nhận · received: ${momentWords(receivedAt)}`,
    ...(rolled ? [`Ngoài giờ làm việc, tính từ · after hours, counts from: ${momentWords(new Date(start))}`] : []),
    `Thời hạn · term: ${term.count} ${unitWords[term.unit]}${inHours}`,
    ...suspended.map(
      ({ from, to }) =>
        `Tạm dừng · the clock stands still: ${momentWords(from)} – ${to ? momentWords(to) : 'chưa kết thúc · not ended'}`,
    ),
    ...columns(rowsOf(days, isWorked), '  '),
    lastWords(due),
  ];
}

function rowsOf(days: readonly CountedDay[], isWorked: boolean): string[][] {
  let sum = 0;
  return days.map((day) => {
    sum += day.counted;
    const counted = isWorked ? [day.counted > 0 ? `+ ${hours(day.counted)}` : '–', `= ${hours(sum)}`] : [];
    return [dayWords(day.day), ...counted, whyOf(day)];
  });
}

function whyOf({ works, name, source, suspended }: CountedDay): string {
  const special = name === undefined ? '' : `${name} (${source})`;
  return [
    works ? special && `làm việc · worked: ${special}` : `nghỉ · off${special ? `: ${special}` : ''}`,
    suspended > 0 ? `tạm dừng · stands still: ${hours(suspended)}` : '',
  ]
    .filter(Boolean)
    .join('; ');
}

function lastWords(due: Due): string {
  switch (due.outcome) {
    case 'due':
      return `Hạn · due: ${momentWords(due.at)}`;
    case 'suspended':
      return `Chưa có hạn: chờ bổ sung từ ${momentWords(due.since)} · not due yet: a supplement is awaited`;
    case 'not-covered':
      return 'Lịch không có đủ ngày cho thời hạn này · the calendar doesn’t cover this term';
  }
}

/** Hours and minutes, as people read them. */
const hours = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} giờ` : `${Math.floor(minutes / 60)} giờ ${minutes % 60} phút`;
};
