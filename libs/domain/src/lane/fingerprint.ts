import { createHash } from 'node:crypto';

/** Groups parked deliveries by cause: what differs between cases (codes, numbers, quoted text) is taken out of the reply. */
export function fingerprint(agency: string, kind: string, reason: string): string {
  const normalised = reason
    .normalize('NFC')
    .toLocaleLowerCase('vi')
    .replace(/"[^"]*"|“[^”]*”|'[^']*'/g, '"…"')
    .replace(/[\p{L}\d]*\d[\p{L}\d.\-/]*/gu, '#')
    .replace(/\s+/g, ' ')
    .trim();
  return createHash('sha256').update(`${agency}\n${kind}\n${normalised}`).digest('hex').slice(0, 12);
}
