import { mapped, withStatuses } from './bend-request.js';
import type { Met } from './faults.js';
import type { Manner } from './manner.js';

type Members = Record<string, unknown>;

/** What was told of one question before a newer answer was. */
interface Told {
  first: unknown;
  newer: boolean;
  left: number;
}

/** What a partner says after faults have bent it. Remembers what it said, for answers that come too late. */
export class AnswerBender {
  private readonly told = new WeakMap<object, Map<string, Told>>();

  private readonly lastRows = new WeakMap<object, unknown>();

  bent(answer: unknown, met: Met, manner: Manner, question: string): unknown {
    const { name, fault, hit } = met;
    switch (name) {
      case 'codesAs':
        return withOutcome(answer, manner, (value) => written(value, fault.codesAs, hit));
      case 'errorCodeButDone':
        return withOutcome(answer, manner, () => manner.outcome?.error);
      case 'answerRows':
        return withRows(answer, manner, (rows) => disturbed(rows, fault.answerRows, hit));
      case 'rewriteStatus':
        return withStatuses(answer, fault.rewriteStatus, manner);
      case 'listMoves':
        return this.moved(answer, met, manner);
      case 'dayOff':
        return withDays(answer, fault.dayOff ?? 0);
      case 'digestLies':
        return mapped(
          answer,
          ['digest'],
          (digest) => `${String(digest).startsWith('0') ? '1' : '0'}${String(digest).slice(1)}`,
        );
      case 'lateStatus':
        return this.late(answer, met, question);
      default:
        return answer;
    }
  }

  /** The first page is as it is. */
  private moved(answer: unknown, { fault, hit }: Met, manner: Manner): unknown {
    const before = this.lastRows.get(fault);
    return withRows(answer, manner, (rows) => {
      const last = rows.at(-1);
      if (last !== undefined) this.lastRows.set(fault, last);
      if (hit === 1) return rows;
      return fault.listMoves === 'skips' || before === undefined ? rows.slice(1) : [before, ...rows];
    });
  }

  private late(answer: unknown, { fault }: Met, question: string): unknown {
    const questions = this.told.get(fault) ?? new Map<string, Told>();
    this.told.set(fault, questions);
    const told = questions.get(question);
    if (!told) {
      questions.set(question, { first: answer, newer: false, left: fault.lateStatus ?? 0 });
      return answer;
    }
    if (JSON.stringify(told.first) === JSON.stringify(answer)) return answer;
    if (!told.newer) {
      told.newer = true;
      return answer;
    }
    if (told.left === 0) return answer;
    told.left -= 1;
    return told.first;
  }
}

function withOutcome(answer: unknown, { outcome }: Manner, change: (value: unknown) => unknown): unknown {
  if (!outcome || !isMembers(answer) || !(outcome.member in answer)) return answer;
  return { ...answer, [outcome.member]: change(answer[outcome.member]) };
}

function written(value: unknown, as: 'text' | 'number' | 'mixed' | undefined, hit: number): unknown {
  if (Number.isNaN(Number(value))) return value;
  return as === 'number' || (as === 'mixed' && hit % 2 === 0) ? Number(value) : String(value);
}

function withRows(answer: unknown, { answerRows = [] }: Manner, change: (rows: unknown[]) => unknown[]): unknown {
  if (Array.isArray(answer)) return answerRows.includes('') ? change(answer) : answer;
  if (!isMembers(answer)) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, member]) => [
      name,
      answerRows.includes(name) && Array.isArray(member) ? change(member) : member,
    ]),
  );
}

/** Which row it is that is missing or doubled moves on with each answer. */
function disturbed(rows: unknown[], how: 'shuffled' | 'missing' | 'doubled' | undefined, hit: number): unknown[] {
  if (how === 'shuffled') return rows.toReversed();
  const at = rows.length === 0 ? 0 : (hit - 1) % rows.length;
  return how === 'missing' ? rows.toSpliced(at, 1) : rows.toSpliced(at, 0, ...rows.slice(at, at + 1));
}

const dayMembers = ['receivedOn', 'ngayTiepNhan', 'day'];

const withDays = (answer: unknown, off: number): unknown =>
  mapped(answer, dayMembers, (day) =>
    typeof day === 'string' ? new Date(Date.parse(day) + off * 86_400_000).toISOString().slice(0, 10) : day,
  );

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
