import { setTimeout as wait } from 'node:timers/promises';
import { daysOver, daysUpTo } from '#domain';
import type { Database } from '../database.js';
import { countDay, uncountedDay } from './count-day.js';
import { cutDays, openDay, running, type Running } from './cut-day.js';

export interface CloseAsk {
  /** ISO, in Asia/Ho_Chi_Minh. */
  today: string;
  /** Who closes: a person, or the process that does so at midnight. */
  by: string;
  /** This day and all before it, be it over or not; without it: all that are over. */
  day?: string;
  /** Ends the waiting for transactions that still run: what is cut stays cut, and the next close counts it. */
  signal?: AbortSignal;
  /** What the count of a day waits for. */
  waiting?: (day: string, running: readonly Running[]) => void;
}

export type Closed =
  /** Days that this call counted, in order; none: nothing was over, or others have done it. `open`: the day since. */
  | { outcome: 'closed'; days: string[]; open: string }
  | { outcome: 'not-begun'; open: string }
  | { outcome: 'too-many'; days: number; open: string };

/**
 * Closes days: cuts what is to be cut, then counts whatever is cut and not counted, the oldest first. Whoever died at any point
 * of it left what the next call goes on from; a day that is closed stays as it is.
 */
export async function closeDays(db: Database, ask: CloseAsk): Promise<Closed> {
  const open = await cut(db, ask);
  if (typeof open !== 'string') return open;
  const days: string[] = [];
  for (let day = await uncountedDay(db); day !== null; day = await uncountedDay(db)) {
    // Asked after the cut was seen, whoever made it: what begins later can't write on this day any more.
    const before = await running(db);
    if (!(await haveEnded(db, before, day, ask))) break;
    if (await countDay(db, day, ask.by)) days.push(day);
  }
  return { outcome: 'closed', days, open };
}

/** The open day afterwards. */
async function cut(db: Database, ask: CloseAsk): Promise<string | Closed> {
  for (;;) {
    const { day: open } = await openDay(db);
    const todo = ask.day === undefined ? daysOver(open, ask.today) : daysUpTo(ask.day, open, ask.today);
    if (todo.kind === 'not-begun') return { outcome: 'not-begun', open };
    if (todo.kind === 'too-many') return { outcome: 'too-many', days: todo.days, open };
    if (todo.kind === 'cut-already' || todo.days.length === 0) return open;
    if (await cutDays(db, todo.days, todo.then)) return todo.then;
  }
}

const LOOK_FIRST_MS = 2;
const LOOK_AT_MOST_MS = 500;

/** False: told to stop. */
async function haveEnded(db: Database, before: readonly Running[], day: string, ask: CloseAsk): Promise<boolean> {
  let left = before;
  for (let pause = LOOK_FIRST_MS; left.length > 0; pause = Math.min(pause * 2, LOOK_AT_MOST_MS)) {
    if (ask.signal?.aborted) return false;
    ask.waiting?.(day, left);
    await wait(pause);
    left = await running(db, left.map(({ id }) => id)); // prettier-ignore
  }
  return true;
}
