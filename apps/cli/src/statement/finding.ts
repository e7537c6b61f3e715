/** What of a statement's file isn't as it was signed: where, and why. */
export interface Finding {
  /** As a person points at it: `counts.acknowledged`, `signatures[0]`; of the file as a whole: `file`. */
  path: string;
  vi: string;
  en: string;
}

export const finding = (path: string, vi: string, en: string): Finding => ({ path, vi, en });

export const wasAltered = (path: string): Finding =>
  finding(path, 'đã được ký với giá trị khác', 'was signed with another value');
export const wasAdded = (path: string): Finding =>
  finding(path, 'không có khi ký: bị thêm vào', 'was not there when it was signed: added');
export const wasRemoved = (path: string): Finding =>
  finding(path, 'có khi ký, nay thiếu: bị bỏ đi', 'was there when it was signed: removed');
export const isTwice = (path: string): Finding => finding(path, 'có hai lần', 'is there twice');
export const isWrittenOtherwise = (path: string): Finding =>
  finding(path, 'viết khác cách trục viết (1.0, 1e0, \\u…)', 'is not written as the hub writes it (1.0, 1e0, \\u…)');

const words: Record<string, [vi: string, en: string]> = {
  required: ['thiếu', 'is missing'],
  additionalProperties: ['không thuộc tệp này', 'does not belong here'],
};

/** A fault of form, its JSON Pointer as a path. */
export function malformed({ path, rule }: { path: string; rule: string }, under = ''): Finding {
  const inner = path.split('/').slice(1).reduce((at, part) => (/^\d+$/.test(part) ? `${at}[${part}]` : at === '' ? part : `${at}.${part}`), under); // prettier-ignore
  const [vi, en] = words[rule] ?? [`sai dạng (${rule})`, `has a wrong form (${rule})`];
  return finding(inner === '' ? 'file' : inner, vi, en);
}
