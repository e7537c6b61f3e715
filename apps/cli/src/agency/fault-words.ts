import { faultSays } from '#agency';
import type { Fault } from '#wire';
import { printable } from '../terminal/columns.js';

/** What a rule means, in words; empty: the rule says it itself. */
export const ruleWords = (rule: string): string => {
  const said = faultSays({ path: '', rule });
  return said ? `${said.vi} · ${said.en}` : '';
};

/** Place in the document, in words, and the rule for those who look it up. */
export function faultWords(fault: Fault): string {
  const { path, rule, detail } = fault;
  const said = faultSays(fault);
  const words = [path || '/', said && `${said.vi} · ${said.en}`, `[${rule}]`, detail ? `(${detail})` : ''];
  return printable(words.filter(Boolean).join(' '));
}
