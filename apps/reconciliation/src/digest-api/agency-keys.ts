import { agencyOfKey, type Database } from '#ledger';
import { refusal, Refused } from '#wire';

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;

/** An agency's own key opens its own book, and no other. */
export class AgencyKeys {
  constructor(private readonly db: Database) {}

  async admit(agency: string, authorization: string | undefined): Promise<void> {
    if (authorization === undefined)
      throw new Refused(refusal('missing-credentials', 'header:authorization', 'required'));
    const key = BEARER.exec(authorization.trim())?.[1];
    const caller = key === undefined ? undefined : await agencyOfKey(this.db, key);
    if (caller === undefined) throw new Refused(refusal('wrong-credentials', 'header:authorization', 'known-key'));
    if (caller !== agency) throw new Refused(refusal('not-your-book', 'path:id', 'own'));
  }
}
