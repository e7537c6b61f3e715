import type { Applied } from '#ledger';
import { Trouble } from '../verb.js';

/** A line an agency; where a version is still needed, a Trouble that says by how much. */
export function appliedWords(applied: Applied): string[] {
  if (applied.outcome === 'still-needed') {
    const list = applied.versions.map(
      ({ agency, validFrom, open }) =>
        `\n  ${agency} ${validFrom}: ${open} lần chuyển chưa xong · deliveries that haven't ended`,
    );
    throw new Trouble(
      'Phiên bản mà tệp không còn có vẫn đang được dùng, không áp dụng tệp nào',
      `versions that the file no longer has are still needed, nothing was applied:${list.join('')}`,
    );
  }
  return applied.agencies.map(({ agency, serial, isChanged, removed }) => {
    if (!isChanged)
      return `= ${agency}: không đổi gì, vẫn là lần áp dụng ${serial} · nothing changes, still serial ${serial}`;
    const gone = removed.length === 0 ? '' : `; bỏ · removed: ${removed.join(', ')}`;
    return `✓ ${agency}: lần áp dụng · serial ${serial}${gone}`;
  });
}
