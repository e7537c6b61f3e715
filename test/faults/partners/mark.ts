/** What the load writes into each item, and a partner finds there: which case, and which of its events. */
export const mark = (code: string, nth: number): string => `hs:${code}#${nth}`;

export function markIn(text: string): { code: string; nth: number } {
  const found = /hs:([\w.-]+)#(\d+)/.exec(text);
  return { code: found?.[1] ?? '', nth: Number(found?.[2] ?? 0) };
}
