/** One form of case code and the days on which codes of that form are issued. Data: correct a row, never the parser. */
export interface CaseCodeFormat {
  readonly format: string;
  /** Legal source, for people. */
  readonly source: string;
  /** Named groups: unit, agency, date, number. */
  readonly pattern: RegExp;
  readonly date: 'yyMMdd' | 'yyyyMMdd';
  /** First and last day (of the date inside the code), ISO. */
  readonly from: string;
  readonly to?: string;
  readonly example: string;
}

/**
 * Starts and ends are inferred from the sources' years, wide on purpose: a wrong refusal costs an officer more than a
 * late form. Sure (domain.md) are the forms themselves and that TT 03/2025 governs now.
 */
export const caseCodeFormats: readonly CaseCodeFormat[] = [
  {
    format: 'tt-01-2018',
    source: 'TT 01/2018/TT-VPCP, art. 19',
    // Level 4 to level 1, zeros where absent; a sequence of exactly four digits a day.
    pattern: /^(?<unit>\d{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.(?<agency>[A-Z]\d{2}))-(?<date>\d{6})-(?<number>\d{4})$/,
    date: 'yyMMdd',
    from: '2018-01-01',
    // Replaced in the course of 2025 (NĐ 118/2025, TT 03/2025); systems had until then to change over.
    to: '2025-12-31',
    example: '000.17.22.H56-210531-0001',
  },
  {
    format: 'qd-20-2020',
    source: 'QĐ 20/2020/QĐ-TTg; since 2025 TT 03/2025/TT-VPCP with NĐ 118/2025/NĐ-CP',
    // The agency's group comes first. Four digits in provinces, seven in ministries; what lies between isn't excluded.
    pattern: /^(?<unit>(?<agency>[A-Z]\d{2})(?:\.[0-9A-Z]+)*)-(?<date>\d{6})-(?<number>\d{4,7})$/,
    date: 'yyMMdd',
    from: '2020-01-01',
    example: 'H21.129-250812-0035',
  },
  {
    format: 'tt-03-2025',
    source: 'TT 03/2025/TT-VPCP with NĐ 118/2025/NĐ-CP',
    pattern: /^(?<unit>(?<agency>[A-Z]\d{2})(?:\.[0-9A-Z]+)*)-(?<date>\d{8})-(?<number>\d{4,7})$/,
    date: 'yyyyMMdd',
    from: '2025-01-01',
    example: 'G09.20-20260609-0092637',
  },
];

export type CaseCode =
  | {
      kind: 'valid';
      format: string;
      /** The unit's identifier as written, e.g. 000.17.22.H56 or H56.14. */
      unit: string;
      /** Its first level, e.g. H56. */
      agency: string;
      /** ISO date inside the code. */
      receivedOn: string;
      /** Of that unit and day. */
      number: number;
    }
  | { kind: 'invalid'; rule: 'form' | 'date' | 'not-in-force' | 'too-long' };

/** QĐ 20/2020/QĐ-TTg: identifiers have at most 35 characters. */
const longestUnit = 35;
const longestCode = longestUnit + '-yyyyMMdd-0000000'.length;

/**
 * Reads a case code as of the day on which the case was received (ISO date). The date inside may lie a day ahead
 * (clocks, midnight), and any time back: a case that was filed online is received later.
 */
export function parseCaseCode(
  code: string,
  on: string,
  formats: readonly CaseCodeFormat[] = caseCodeFormats,
): CaseCode {
  if (code.length > longestCode) return { kind: 'invalid', rule: 'too-long' };
  let rule: 'form' | 'date' | 'not-in-force' = 'form';
  for (const { format, pattern, date, from, to } of formats) {
    const { unit, agency, date: digits, number } = pattern.exec(code)?.groups ?? {};
    if (!unit || !agency || !digits || !number) continue;
    if (unit.length > longestUnit) return { kind: 'invalid', rule: 'too-long' };
    const receivedOn = isoDate(date === 'yyMMdd' ? `20${digits}` : digits);
    if (!receivedOn || receivedOn > nextDay(on)) rule = 'date';
    else if (receivedOn < from || (to !== undefined && receivedOn > to)) rule = 'not-in-force';
    else return { kind: 'valid', format, unit, agency, receivedOn, number: Number(number) };
  }
  return { kind: 'invalid', rule };
}

/** yyyyMMdd as an ISO date, if there is such a day. */
function isoDate(digits: string): string | undefined {
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) ? iso : undefined;
}

function nextDay(iso: string): string {
  const day = new Date(`${iso}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
