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
import { settled, type Compiled, type Scope } from '../mapping/scope.js';
import type { Operations } from './operations.js';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;

interface CompiledRule {
  when: ReadRule['when'];
  reports: readonly { type: ReportedType; data: Compiled }[];
}

/** What an answer, or a row of one, is read with. */
export interface Reading {
  root: Readonly<Record<string, unknown>>;
  code: string;
  download?: Scope['download'];
}

export type Read = { kind: 'reported'; reports: Reported[] } | { kind: 'not-yet' } | { kind: 'unread'; reason: string };

/** What a partner's answer tells of a case, by the file's rules. An answer that no rule knows tells nothing. */
export class AnswerReader {
  private readonly rules: readonly CompiledRule[];

  constructor(rules: readonly ReadRule[], operations: Operations) {
    this.rules = rules.map(({ when, reports = [] }, n) => ({
      when,
      reports: reports.map(({ type, data }, i) => ({
        type: eventTypes.find((known) => shortType(known) === type) as ReportedType,
        data: operations.reading(data, `collect.reads.${n}.reports.${i}.data`),
      })),
    }));
  }

  /** Of one case's own answer. */
  async read(
    answer: PartnerAnswer,
    operation: string,
    code: string,
    replies: readonly ReplyRow[],
    download: Scope['download'],
  ): Promise<Collected> {
    if (answer.kind !== 'answered') return { kind: 'busy', reason: answer.reason };
    const root = { code, answer: answer.json, status: answer.status };
    const read = await this.tell(answer, operation, { root, code, download });
    if (read?.kind === 'unread') return { kind: 'busy', reason: read.reason };
    if (read) return read;
    return classifyReply(answer, operation, replies).kind === 'refused'
      ? { kind: 'not-yet' }
      : { kind: 'busy', reason: `no rule reads this answer (HTTP ${answer.status})` };
  }

  /** Undefined: no rule knows it. */
  async tell(answer: Answered, operation: string, reading: Reading): Promise<Read | undefined> {
    const rule = this.rules.find(({ when }) => tells(when, answer, operation));
    if (!rule) return undefined;
    if (rule.reports.length === 0) return { kind: 'not-yet' };
    const reports: Reported[] = [];
    const came = reading.root['row'] ?? answer.json ?? answer.text;
    for (const { type, data } of rule.reports) {
      const scope = scopeOf(reading);
      const made = nfc(await settled(data, scope));
      const faults = [
        ...scope.faults,
        ...validatePayload(type, made).map(({ path, rule: broken }) => `${path} ${broken}`),
      ];
      if (faults.length > 0)
        return { kind: 'unread', reason: `the answer can't be read: ${faults.slice(0, 5).join('; ')}` };
      const files = scope.files ?? [];
      reports.push({
        type,
        caseCode: reading.code,
        data: made as Json,
        state: stateOf(type, made as Json),
        files,
        came,
      });
    }
    return { kind: 'reported', reports };
  }
}

/** As of reply rows: whoever sends us elsewhere has told nothing, unless the file names that very status. */
export const tells = (when: ReadRule['when'], answer: Answered, operation: string): boolean =>
  matches(when, answer, operation) && (when.status !== undefined || answer.status < 300 || answer.status >= 400);

/** Partners write Vietnamese in either form; what enters the ledger has one. */
const nfc = (value: Json | undefined): Json | undefined =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value).normalize('NFC')) as Json);

/** Comparable and short, whatever a report holds. */
const stateOf = (type: string, data: Json): string =>
  `${shortType(type)}:${createHash('sha256').update(canonicalJson(data)).digest('hex').slice(0, 32)}`;

export const scopeOf = ({ root, download }: Reading): Scope => ({
  root,
  here: undefined,
  day: '9999-12-31',
  faults: [],
  later: [],
  readFile: () => Promise.reject(new Error('no file is read here')),
  view: () => root,
  files: [],
  ...(download && { download }),
});
