import { Database, daysBehind, today } from '#ledger';
import { dayWords } from '../calendar/moments.js';
import type { Finding } from './finding.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
/** Counting a day takes seconds. */
const LONG_S = 15 * 60;

/** Whether days are closed as they end. */
export async function examineDays(databaseUrl: string): Promise<Finding[]> {
  const db = new Database(databaseUrl, 'lienthong-doctor', quiet, 1);
  try {
    const { open, uncounted, first, seconds } = await daysBehind(db);
    const dayBefore = new Date(Date.parse(today()) - 86_400_000).toISOString().slice(0, 10);
    if (uncounted > 0 && seconds > LONG_S)
      return [
        warning(
          `ngày ${dayWords(first!)} đã cắt mà chưa đếm xong (${uncounted} ngày); lienthong day close cho biết đang chờ gì`,
          'a day was cut and is not counted: lienthong day close says what it waits for',
        ),
      ];
    // A person may close by hand, some hours late.
    return open < dayBefore
      ? [warning(`sổ còn mở ở ngày ${dayWords(open)}; lienthong day close`, 'days were not closed')]
      : [];
  } finally {
    await db.close();
  }
}

const warning = (vi: string, en: string): Finding => ({ name: 'chốt sổ', state: 'warning', vi, en });
