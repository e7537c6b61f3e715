import type { ContractBook, Database } from '#ledger';
import { busy, refusedAs, type FilingAnswer } from './filing-answer.js';
import { issueCode } from './issue-code.js';
import { filingDoorOf } from './opening.js';
import { TakeFiling, type FilingPorts } from './take-filing.js';
import { words } from './wording.js';

/** What stands behind /partners/{agency}/LLTP. Whoever asks has shown its key. */
export class Filings {
  private readonly take: TakeFiling;

  constructor(
    private readonly db: Database,
    private readonly book: ContractBook,
    ports: Omit<FilingPorts, 'db' | 'doorOn' | 'calendarOn'>,
  ) {
    this.take = new TakeFiling({
      ...ports,
      db,
      doorOn: (agency, day) => filingDoorOf(book, agency, day),
      calendarOn: (day, unit) => book.calendar.inForce()?.on(day, unit),
    });
  }

  async nextCode(agency: string): Promise<string | FilingAnswer> {
    const door = filingDoorOf(this.book, agency);
    return door ? ((await issueCode(this.db, door)) ?? busy) : { ...refusedAs(words.notOpen), status: 401 };
  }

  file(agency: string, body: unknown): Promise<FilingAnswer> {
    const door = filingDoorOf(this.book, agency);
    return door ? this.take.run(agency, door, body) : Promise.resolve(refusedAs(words.notOpen));
  }
}
