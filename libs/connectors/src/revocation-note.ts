import type { ResultRevoked } from '#wire';

import type { MappedFields } from './mapped-fields.js';

/** A revocation in words, for interfaces that have no call for it. */
export function revocationNote({ decision, reason }: ResultRevoked, fields: MappedFields): string {
  const day = fields.partialDate('decision.date', decision.date);
  return `Kết quả đã bị thu hồi theo Quyết định số ${decision.number} ngày ${day}: ${reason}`;
}
