import { createHash } from 'node:crypto';
import { classifyReply, matches, type PartnerAnswer, type ReplyRow } from '#domain';
import {
  canonicalJson,
  eventTypes,
  shortType,
  validatePayload,
  type Json,
  type ReadRule,
  type ReportedType,
} from '#wire';

import type { Collected, Reported } from '../connector.js';
import { settled, type Compiled, type Scope } from '../mapping/compile-template.js';
import type { Operations } from './operations.js';

interface CompiledRule {
  when: ReadRule['when'];
  reports: readonly { type: ReportedType; data: Compiled }[];
}

/** What a partner's status answer tells of a case, by the file's rules. An answer that no rule knows tells nothing. */
export class AnswerReader {
  private readonly rules: readonly CompiledRule[];

  constructor(rules: readonly ReadRule[], operations: Operations) {
    this.rules = rules.map(({ when, reports = [] }, n) => ({
      when,
      reports: reports.map(({ type, data }) => ({
        type: eventTypes.find((known) => shortType(known) === type) as ReportedType,
        data: operations.reading(data, `collect.reads.${n}.${type}`),
      })),
    }));
  }

  async read(answer: PartnerAnswer, operation: string, code: string, replies: readonly ReplyRow[]): Promise<Collected> {
    if (answer.kind !== 'answered') return { kind: 'busy', reason: answer.reason };
    const rule = this.rules.find(({ when }) => tells(when, answer, operation));
    if (!rule) {
      const { kind } = classifyReply(answer, operation, replies);
      return kind === 'refused'
        ? { kind: 'not-yet' }
        : { kind: 'busy', reason: `no rule reads this answer (HTTP ${answer.status})` };
    }
    if (rule.reports.length === 0) return { kind: 'not-yet' };
    const reports: Reported[] = [];
    for (const { type, data } of rule.reports) {
      const scope = scopeOf(answer, code);
      const made = await settled(data, scope);
      const faults = [
        ...scope.faults,
        ...validatePayload(type, made).map(({ path, rule: broken }) => `${path} ${broken}`),
      ];
      if (faults.length > 0)
        return { kind: 'busy', reason: `the answer can't be read: ${faults.slice(0, 5).join('; ')}` };
      reports.push({ type, caseCode: code, data: made as Json, state: stateOf(type, made as Json), files: [] });
    }
    return { kind: 'reported', reports };
  }
}

/** As of reply rows: whoever sends us elsewhere has told nothing, unless the file names that very status. */
export const tells = (
  when: ReadRule['when'],
  answer: Extract<PartnerAnswer, { kind: 'answered' }>,
  operation: string,
): boolean =>
  matches(when, answer, operation) && (when.status !== undefined || answer.status < 300 || answer.status >= 400);

/** Comparable and short, whatever a report holds. */
const stateOf = (type: string, data: Json): string =>
  `${shortType(type)}:${createHash('sha256').update(canonicalJson(data)).digest('hex').slice(0, 32)}`;

const scopeOf = (answer: Extract<PartnerAnswer, { kind: 'answered' }>, code: string): Scope => {
  const root = { code, answer: answer.json, status: answer.status };
  return {
    root,
    here: undefined,
    day: '9999-12-31',
    faults: [],
    later: [],
    readFile: () => Promise.reject(new Error('no file is read here')),
    view: () => root,
  };
};
