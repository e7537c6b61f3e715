import type { PartnerName, PartnerTerms } from '../evidence.js';

const alike = { itemsPerRequest: 1, inFlight: 8, timeoutMs: 2_000, settleMs: 1_000, fullStates: [] as string[] };

/** Four partners: two know keys, two have a look-up, one takes arrays, one holds whole states. */
export const terms: readonly PartnerTerms[] = [
  { ...alike, name: 'thue', knowsKeys: true, hasLookUp: true },
  { ...alike, name: 'dat-dai', knowsKeys: true, hasLookUp: false, itemsPerRequest: 20 },
  {
    ...alike,
    name: 'buu-dien',
    knowsKeys: false,
    hasLookUp: true,
    fullStates: ['case.received', 'case.status-changed'],
  },
  { ...alike, name: 'ho-tich', knowsKeys: false, hasLookUp: false },
];

export const partnerNames: readonly PartnerName[] = terms.map(({ name }) => name);
