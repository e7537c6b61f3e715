import { today, type ContractBook } from '#ledger';
import { shortType } from '#wire';
import type { Contracts } from './to-entry-item.js';

/** The questions that checking has, answered by the contract book. */
export function contractsInForce(book: ContractBook): Contracts {
  return {
    maySend(agency, type, day) {
      if (day !== undefined) return book.maySend(agency, type, day);
      const short = shortType(type);
      const now = today();
      return book
        .all()
        .some(
          ({ id, versions }) => id === agency && versions.some((v) => v.validFrom <= now && v.sends.includes(short)),
        );
    },
    declares: (procedure, day) => book.declares(procedure, day),
    isAsked: (agency) => book.version(agency, today())?.collect !== undefined,
  };
}
