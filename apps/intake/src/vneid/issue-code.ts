import { parseCaseCode } from '#domain';
import { caseCodeOf, type FilingDoor } from '#connectors';
import { isCodeTaken, lastCaseNumber, nextCaseNumber, today, type Database } from '#ledger';

/** LayMaHoSo: the next code of the unit's series of today. A number is used up by being taken, whether it arrives or not. */
export async function issueCode(db: Database, door: FilingDoor): Promise<string | undefined> {
  const day = today();
  for (;;) {
    const code = caseCodeOf(door, day, await nextCaseNumber(db, door.unit.code, day));
    // A day's series that has run out of a form that takes so many digits and no more.
    if (parseCaseCode(code, day).kind === 'invalid') return undefined;
    if (!(await isCodeTaken(db, code))) return code;
  }
}

export async function wasIssued(
  db: Database,
  { unit, day, number }: { unit: string; day: string; number: number },
): Promise<boolean> {
  return number >= 1 && number <= (await lastCaseNumber(db, unit, day));
}
