import { hasEndedOn, spokenTerms, usualSpoken, type AgencyFile, type Fault, type Spoken } from '#wire';

/** A contract version, in force now or later, that reads a version of events with a printed end. */
interface Ending {
  n: number;
  spoken: Spoken;
  until: string;
  /** By its own first day or by today it asks for what is over. */
  isOver: boolean;
}

const reading = ['topic', 'webhook', 'feed'];

/** What came earlier in the file stays as it was: only what is in force on that day, or comes after it, is looked at. */
export function endingVersions({ versions }: AgencyFile, now: Date): Ending[] {
  const day = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
  return versions.flatMap(({ protocol, consumes, validFrom }, n) => {
    const next = versions[n + 1];
    const spoken = consumes?.speaks ?? usualSpoken;
    const { until } = spokenTerms[spoken];
    if (!reading.includes(protocol) || until === null || (next && next.validFrom <= day)) return [];
    return [{ n, spoken, until, isOver: validFrom > until || hasEndedOn(spoken, now) }];
  });
}

/** Such a file isn't applied any more. */
export const endedVersions = (file: AgencyFile, now: Date): Fault[] =>
  endingVersions(file, now).flatMap(({ n, spoken, until, isOver }): Fault[] => {
    const named = file.versions[n]?.consumes?.speaks === undefined ? '' : '/consumes/speaks';
    const path = `/versions/${n}${named}`;
    return isOver ? [{ path, rule: `until:${until}`, detail: `events ${spoken} ended on ${until}; speaks: v2` }] : [];
  });
