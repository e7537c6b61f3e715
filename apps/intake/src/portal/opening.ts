import { today, type ContractBook } from '#ledger';
import type { Coded } from '#wire';

/** What an agency's contract says of its door. */
export interface Opening {
  agency: string;
  /** Which the portal's items don't say. */
  province: Coded;
  /** Where its files may be pulled from: addresses that begin so. */
  filesFrom: string[];
}

/** By the version in force today: how an agency speaks follows the time of sending. Undefined: it has no such door. */
export function openingOf(book: ContractBook, agency: string): Opening | undefined {
  const settings = book.version(agency, today())?.settings ?? {};
  const [code, name] = (settings['door.province'] ?? '').split(';').map((part) => part.trim());
  if (!code || !name) return undefined;
  const filesFrom = (settings['door.filesFrom'] ?? '').split(',').map((base) => base.trim());
  return { agency, province: { code, name }, filesFrom: filesFrom.filter((base) => URL.canParse(base)) };
}
