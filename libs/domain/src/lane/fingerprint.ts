import { createHash } from 'node:crypto';

/** A reply without what differs between cases (codes, numbers, quoted text): safe to show, and the same for one cause. */
export const normalisedReason = (reason: string): string =>
  reason
    .normalize('NFC')
    .toLocaleLowerCase('vi')
    .replace(/"[^"]*"|“[^”]*”|'[^']*'/g, '"…"')
    .replace(/[\p{L}\d]*\d[\p{L}\d.\-/]*/gu, '#')
    .replace(/\s+/g, ' ')
    .trim();

/** Groups parked deliveries by cause. */
export function fingerprint(agency: string, kind: string, reason: string): string {
  return createHash('sha256')
    .update(`${agency}\n${kind}\n${normalisedReason(reason)}`)
    .digest('hex')
    .slice(0, 12);
}
