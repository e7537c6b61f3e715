import { applyChecked } from '#agency';
import { endingVersions } from '#connectors';
import type { Applied, By, Database } from '#ledger';
import type { AgencyFile } from '#wire';
import { Trouble } from '../verb.js';
import { faultyFiles, placedFault, type NamedAgency } from './agency-folder.js';

/** Applies what was read, all or nothing, and says of each agency what became of it. */
export async function applyRead(db: Database, read: readonly NamedAgency[], by: By): Promise<string[]> {
  const applied = await applyChecked(db, read, by);
  if (applied.outcome !== 'loses-codes') return appliedWords(applied);
  throw faultyFiles(
    applied.agencies.flatMap(({ agency, faults }) => {
      const { name } = read.find(({ file }) => file.id === agency)!;
      return faults.map((fault) => placedFault(name, fault));
    }),
  );
}

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

/** A line for each agency that reads a version of events with a printed end. */
export const endingWords = (files: readonly AgencyFile[], now = new Date()): string[] =>
  files.flatMap((file) =>
    [...new Set(endingVersions(file, now).map(({ spoken, until }) => `${spoken} ${until}`))].map((said) => {
      const [spoken, until] = said.split(' ');
      return `! ${file.id}: đọc sự kiện bản ${spoken}, hết hạn ${until}; ghi consumes: { speaks: v2 } · reads events ${spoken}, which end on ${until}`;
    }),
  );
