import { personalFields, type Compared, type ComparedField } from '#wire';

const LONGEST = 200;

/** Enough to tell two values apart by eye, too little to know whose they are. */
function masked(value: string): string {
  if (value.length > LONGEST) return `… (${value.length})`;
  const chars = [...value];
  const shown = chars.length > 8 ? 2 : chars.length > 4 ? 1 : 0;
  return `${chars.slice(0, shown).join('')}${'•'.repeat(Math.min(6, chars.length - 2 * shown))}${shown > 0 ? chars.slice(-shown).join('') : ''} (${chars.length})`;
}

/** Both values of each field: ours, theirs. What is personal is masked; a file's hash is cut, it is long and says nothing. */
export function maskedFields(
  fields: readonly ComparedField[],
  ours: Compared,
  theirs: Compared,
): Record<string, [ours: string | null, theirs: string | null]> {
  return Object.fromEntries(
    fields.map((field) => [field, [shown(field, ours[field] ?? null), shown(field, theirs[field] ?? null)]]),
  );
}

function shown(field: ComparedField, value: string | null): string | null {
  if (value === null) return null;
  if (personalFields.includes(field)) return masked(value);
  return field === 'resultFile' ? `${value.slice(0, 12)}…` : value.slice(0, LONGEST);
}
