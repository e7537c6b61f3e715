import { personalFields, type Compared, type Line } from '#wire';

export interface MaskedLine {
  key: string;
  receivedOn: string;
  hash: string;
  fields: Compared | null;
}

/** What is personal shows its first letter and its length. */
export function maskedLine({ key, receivedOn, hash, fields }: Line): MaskedLine {
  if (!fields) return { key, receivedOn, hash, fields: null };
  const shown = { ...fields };
  for (const field of personalFields) {
    const value = shown[field];
    if (typeof value === 'string') shown[field] = `${[...value][0] ?? ''}••• (${value.length})`;
  }
  return { key, receivedOn, hash, fields: shown };
}
