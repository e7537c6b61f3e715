import type { ComparedField } from '#wire';

/** Why a row can't be a line, in both languages; by the contract's own names, no value of the row. */
export interface RowFault {
  kind: 'faulty';
  rule: string;
  vi: string;
  en: string;
}

const rules = {
  'no-key': ['không có mã hồ sơ', 'there is no case code'],
  'no-day': ['không có ngày tiếp nhận, hoặc ngày không đúng dạng', 'there is no day of receipt, or it is no day'],
  'date-cell': [
    'ô là ngày tháng, không phải mã: bảng tính đã tự đổi; hãy định dạng cột là văn bản',
    'the cell is a date where a code belongs: the spreadsheet changed it; make the column text',
  ],
  'number-cell': [
    'ô là số, nên số 0 ở đầu có thể đã mất; hãy định dạng cột là văn bản, hoặc ghi as: text trong hợp đồng',
    'the cell is a number, so that leading zeros may be lost; make the column text, or say as: text in the contract',
  ],
  'date-text': ['ô có dạng ngày tháng, không phải mã', 'it looks like a date where a code belongs'],
  scientific: [
    'số dài đã bị bảng tính viết thành dạng lũy thừa (1,2E+11)',
    'a spreadsheet wrote a long number as a power of ten (1.2E+11)',
  ],
  'lost-zeros': [
    'số định danh thiếu chữ số: số 0 ở đầu có thể đã mất',
    'the identity number is short of digits: leading zeros may be lost',
  ],
} as const;

type Rule = keyof typeof rules;

export const words = (rule: Rule, member: ComparedField | 'key'): RowFault => ({
  kind: 'faulty',
  rule,
  vi: `${member}: ${rules[rule][0]}`,
  en: `${member}: ${rules[rule][1]}`,
});

export const noForm = (member: string): RowFault => ({
  kind: 'faulty',
  rule: 'no-form',
  vi: `${member}: giá trị không có dạng chuẩn (docs/reconcile/lines.md)`,
  en: `${member}: what stands there has no normal form (docs/reconcile/lines.md)`,
});

/** A mapping's own complaint, said in both languages. */
export function whyNot(member: string, fault: string): RowFault {
  const what = fault.slice(fault.indexOf(': ') + 2);
  const [, table, code] = /^code table (\S+) has no (.+)$/.exec(what) ?? [];
  if (table !== undefined && code !== undefined)
    return {
      kind: 'faulty',
      rule: 'code-table',
      vi: `${member}: bảng mã ${table} không có ${/^[\w.-]+$/.test(code) ? code : 'giá trị này'}`,
      en: `${member}: ${what}`,
    };
  const [, form] = /^isn't (\S.*)$/.exec(what) ?? [];
  if (form !== undefined)
    return { kind: 'faulty', rule: 'form', vi: `${member}: không đúng dạng ${form}`, en: `${member}: ${what}` };
  if (what === 'there is none')
    return { kind: 'faulty', rule: 'required', vi: `${member}: không có`, en: `${member}: ${what}` };
  return { kind: 'faulty', rule: 'mapping', vi: `${member}: không đọc được (${what})`, en: `${member}: ${what}` };
}
