import { parseCaseCode } from '#domain';
import type { Coded, ContractVersion } from '#wire';

/** What an agency file says of flow (a), in which the agency files its cases with us. */
export interface FilingDoor {
  /** Whose series of codes the hub counts. */
  unit: Coded;
  codeDate: 'yyMMdd' | 'yyyyMMdd';
  codeDigits: number;
  /** Where a case names none. */
  procedure: Coded;
  /** Values of nguonDangKy. */
  onlineSources: string[];
  counterSources: string[];
  /** Working days from receipt; undefined: the hub sets no due date. */
  termDays: number | undefined;
}

const names = ['unit', 'codeDate', 'codeDigits', 'procedure', 'onlineSources', 'counterSources', 'termDays'];

/** Undefined: this version opens no such door. Throws where it says so in part or wrongly. */
export function filingDoor({
  settings = {},
  validFrom,
}: Pick<ContractVersion, 'settings' | 'validFrom'>): FilingDoor | undefined {
  const given = Object.keys(settings).filter((name) => name.startsWith('lltp.'));
  if (given.length === 0) return undefined;
  const strange = given.find((name) => !names.includes(name.slice('lltp.'.length)));
  if (strange !== undefined) throw new Error(`agency file: protocol lltp-vneid knows no settings.${strange}`);
  const value = (name: string, otherwise?: string): string => {
    const text = settings[`lltp.${name}`] ?? otherwise;
    if (!text) throw wrong(name, 'is missing');
    return text;
  };
  const coded = (name: string): Coded => {
    const [code, text] = value(name)
      .split(';')
      .map((part) => part.trim());
    if (!code || !text) throw wrong(name, 'is "code; name"');
    return { code, name: text };
  };
  const codeDate = value('codeDate', 'yyMMdd');
  if (codeDate !== 'yyMMdd' && codeDate !== 'yyyyMMdd') throw wrong('codeDate', 'is yyMMdd or yyyyMMdd');
  const termDays = settings['lltp.termDays'];
  const door: FilingDoor = {
    unit: coded('unit'),
    codeDate,
    codeDigits: whole(value('codeDigits', '4'), 'codeDigits', 4, 7),
    procedure: coded('procedure'),
    onlineSources: listed(value('onlineSources', '1')),
    counterSources: listed(value('counterSources', '3')),
    termDays: termDays === undefined ? undefined : whole(termDays, 'termDays', 1, 365),
  };
  // A version may begin before the form does in which it is to give codes one day.
  const days = [validFrom, '2020-01-01', '2026-01-01'];
  if (days.every((day) => parseCaseCode(caseCodeOf(door, day, 1), day).kind === 'invalid'))
    throw wrong('unit', 'gives no case code of a form in force');
  return door;
}

/** A unit's code of that number and day (ISO); a number that outgrows its digits takes more. */
export function caseCodeOf({ unit, codeDate, codeDigits }: FilingDoor, day: string, number: number): string {
  const digits = day.replaceAll('-', '');
  return `${unit.code}-${codeDate === 'yyMMdd' ? digits.slice(2) : digits}-${String(number).padStart(codeDigits, '0')}`;
}

const wrong = (name: string, rule: string): Error => new Error(`agency file: settings.lltp.${name} ${rule}`);
const listed = (text: string): string[] => text.split(',').map((part) => part.trim());

function whole(text: string, name: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most) throw wrong(name, `is ${least} to ${most}`);
  return number;
}
