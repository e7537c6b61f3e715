import { calendarEnds, Database, today } from '#ledger';
import { dayWords } from '../calendar/moments.js';
import type { Finding } from './finding.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
/** Terms are seldom longer; announcements come in autumn. */
const AHEAD_DAYS = 120;

/** Whether terms that begin today find their working days. */
export async function examineCalendar(databaseUrl: string): Promise<Finding[]> {
  const db = new Database(databaseUrl, 'lienthong-doctor', quiet, 1);
  try {
    const ends = await calendarEnds(db.pool);
    const needed = new Date(Date.parse(today()) + AHEAD_DAYS * 86_400_000).toISOString().slice(0, 10);
    if (ends === null)
      return [
        warning('chưa có lịch làm việc; lienthong calendar apply', 'there is no calendar: terms run in elapsed time'),
      ];
    return ends < needed
      ? [warning(`lịch làm việc chỉ đến ${dayWords(ends)}; lienthong calendar apply`, 'the calendar ends soon')]
      : [];
  } finally {
    await db.close();
  }
}

const warning = (vi: string, en: string): Finding => ({ name: 'lịch làm việc', state: 'warning', vi, en });
