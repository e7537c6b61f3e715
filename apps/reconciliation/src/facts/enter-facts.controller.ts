import { Body, Controller, Headers, HttpCode, HttpException, Post } from '@nestjs/common';
import { Database, enterTold, factSubject, readAgencies, type FactEntry } from '#ledger';
import {
  languageOf,
  problem,
  refusal,
  Refused,
  validateFactsRequest,
  type Fault,
  type FactsRequest,
  type ToldFact,
} from '#wire';
import type { FactAnswer, FactsAnswer } from './facts-answer.js';

/** Enough to put a fact right; a batch of a thousand broken ones is still an answer that can be read. */
const MOST_FAULTS_A_FACT = 10;

/** Payments, petitions, rows of catalogues, accounts, units: what figures count beside cases (docs/figures.md). */
@Controller('v1/facts')
export class EnterFactsController {
  constructor(private readonly db: Database) {}

  /** Each fact by itself, all in one transaction; what is taken stays taken, whatever becomes of the others. */
  @Post()
  @HttpCode(200)
  async enter(@Body() body: unknown, @Headers('accept-language') language: string | undefined): Promise<FactsAnswer> {
    const faults = validateFactsRequest(body);
    if (faults.length > 0) throw new Refused({ code: 'invalid-envelope', faults });
    const { sender, facts } = body as FactsRequest;
    if (!(await readAgencies(this.db)).some(({ id }) => id === sender))
      throw new Refused(refusal('invalid-envelope', '/sender', 'known-agency'));
    const entries = await enterTold(this.db, sender, facts);
    const answer = answerOf(facts, entries);
    if (answer.refused === 0) return answer;
    const refused = problem('facts-refused', languageOf(language), { faults: entries.flatMap(faultsOf) });
    throw new HttpException({ ...refused, ...answer }, refused.status);
  }
}

function answerOf(facts: readonly ToldFact[], entries: readonly FactEntry[]): FactsAnswer {
  const answers = facts.map(({ type, code }, n): FactAnswer => {
    const entry = entries[n]!;
    const subject = factSubject(type, code);
    return entry.outcome === 'accepted' || entry.outcome === 'repeated'
      ? { outcome: entry.outcome, subject, eventId: entry.eventId, sequence: entry.sequence }
      : { outcome: entry.outcome, subject };
  });
  const of = (outcome: FactAnswer['outcome']): number => answers.filter((one) => one.outcome === outcome).length;
  const [accepted, repeated] = [of('accepted'), of('repeated')];
  return { accepted, repeated, refused: answers.length - accepted - repeated, facts: answers };
}

/** What is wrong with the n-th fact, at its place in the request. */
function faultsOf(entry: FactEntry, n: number): Fault[] {
  const at = `/facts/${n}`;
  switch (entry.outcome) {
    case 'accepted':
    case 'repeated':
      return [];
    case 'refused':
      return entry.faults.slice(0, MOST_FAULTS_A_FACT).map((fault) => ({ ...fault, path: `${at}${fault.path}` }));
    case 'conflict':
      return [{ path: `${at}/key`, rule: 'conflicting-body' }];
    case 'unknown-stream':
      return [{ path: `${at}/code`, rule: 'opened' }];
    case 'not-your-stream':
      return [{ path: `${at}/code`, rule: 'own' }];
  }
}
