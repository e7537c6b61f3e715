import type { PaperInside } from '#connectors';
import { keepFile, type Database } from '#ledger';
import type { FileReference } from '#wire';
import { fileWithin } from '../files/within-a-message.js';

export interface Paper {
  reference: FileReference;
  bytes: Buffer;
}

/** Undefined where one isn't strict base64, or is too large: a lax reader would change a signed file. */
export function readPapers(inside: readonly PaperInside[]): Paper[] | undefined {
  const papers: Paper[] = [];
  for (const [i, { base64, label, mediaType, componentCode }] of inside.entries()) {
    const name = `${[...label].slice(0, 200).join('')}-${i + 1}${mediaType === 'application/pdf' ? '.pdf' : ''}`;
    const file = fileWithin(name, base64.replace(/\s+/g, ''));
    if (!file) return undefined;
    const reference = {
      ...file.reference,
      mediaType,
      label,
      ...(componentCode === undefined ? {} : { componentCode }),
    };
    papers.push({ bytes: file.bytes, reference });
  }
  return papers;
}

/** Before the event that names them, each once. */
export async function keepPapers(db: Database, papers: readonly Paper[]): Promise<void> {
  const kept = new Set<string>();
  for (const { reference, bytes } of papers) {
    if (kept.has(reference.sha256)) continue;
    kept.add(reference.sha256);
    await keepFile(db, { sha256: reference.sha256, mediaType: reference.mediaType, bytes });
  }
}
