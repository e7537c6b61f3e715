import { createHash } from 'node:crypto';

/** Longer texts are files: they are kept by their content, and stand here by the hash of their text. */
const LONGEST = 10_000;

/** JSON of what a door read, in the partner's own Unicode form; undefined where ours is the same, as it mostly is. */
export function asItCame(read: unknown): string | undefined {
  const json = JSON.stringify(read, (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST ? `sha256:${hashOf(value)}` : value,
  ) as string | undefined;
  return json === undefined || json.normalize('NFC') === json ? undefined : json;
}

const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
