import { eventTypes, shortType, type AgencyFile, type ContractVersion } from '#wire';
import { readAgencies } from '../agencies.js';
import type { Database } from '../database.js';
import { today } from '../hub-clock.js';
import { readRouting, routingOf } from '../routing/read-routing.js';
import { isSame } from './compare-contracts.js';
import { differingMembers } from './differing-members.js';
import { pastEvents, type PastEvent } from './past-events.js';
import { RecentFiles } from './recent-files.js';
import { Side, versionAt, type Renderer } from './rehearsal-side.js';
import { emptyRehearsal, Tally, type ContractRehearsal, type Finding } from './rehearsal-tally.js';

export interface RehearsalAsk {
  file: AgencyFile;
  /** So many days, today the last of them (Asia/Ho_Chi_Minh). */
  days: number;
  /** The day whose versions are used for sending; default today. */
  on?: string;
  connect: (contract: ContractVersion) => Renderer;
  /** After each page: so many of so many were looked at. */
  onProgress?(done: number, total: number): void;
}

/**
 * What an agency would get of the last days' events by its contract in force and by another, item against item. Recipients
 * follow each stream's own day, mapping the day of sending, as for a real delivery. Nothing is sent, nothing is written.
 */
export async function rehearseContract(db: Database, ask: RehearsalAsk): Promise<ContractRehearsal> {
  const { file, days } = ask;
  const on = ask.on ?? today();
  const inForce = (await readAgencies(db)).find(({ id }) => id === file.id)?.versions ?? [];
  const files = new RecentFiles(db);
  const routing = routingOf(await readRouting(db.pool));
  const next = Side.of(file.id, file.versions, on, ask.connect, files, routing);
  const old = isSame(versionAt(inForce, on), versionAt(file.versions, on))
    ? next.receiving(inForce)
    : Side.of(file.id, inForce, on, ask.connect, files, routing);
  const since = startOfDay(today(), days - 1);
  const tally = new Tally(emptyRehearsal(file.id, since, on));
  try {
    const asked = { agency: file.id, since, ...narrowed([...inForce, ...file.versions]) };
    for await (const { total, events } of pastEvents(db, { ...asked, withCase: old.needsCase || next.needsCase })) {
      for (const event of events) await compareOne(event, old, next, tally);
      ask.onProgress?.((tally.looked += events.length), total);
    }
    return tally.result;
  } finally {
    await next.close();
    if (!old.rendersAs(next)) await old.close();
  }
}

async function compareOne(event: PastEvent, old: Side, next: Side, tally: Tally): Promise<void> {
  const [got, gets] = [old.receives(event), next.receives(event)];
  if (!got && !gets) return;
  const type = shortType(event.type);
  if (!gets) return tally.add('no-longer-received', event, [type]);
  const after = await next.render(event);
  if (!got)
    return 'reason' in after
      ? tally.add('failing', event, [after.reason], { reason: after.reason })
      : tally.add('newly-received', event, [type]);
  const before = old.rendersAs(next) ? after : await old.render(event);
  if ('reason' in after) {
    const finding: Finding = 'reason' in before ? 'still-failing' : 'failing';
    return tally.add(finding, event, [after.reason], { reason: after.reason });
  }
  if ('reason' in before) return tally.add('repaired', event, [before.reason], { reason: before.reason });
  const members = differingMembers(before, after);
  if (members.length === 0) return tally.add('same', event, []);
  tally.add('changed', event, [...new Set(members.map(({ path }) => path.replace(/\.\d+(?=\.|$)/g, '[]')))], {
    members,
  });
}

/** What any of the versions may receive: the ledger needn't show the rest. */
export function narrowed(versions: readonly ContractVersion[]): { types: string[]; procedures: string[] | null } {
  const subscriptions = versions.flatMap(({ receives }) => receives);
  const procedures = new Set(subscriptions.flatMap((s) => s.procedures));
  const events = new Set(subscriptions.flatMap((s) => s.events));
  return {
    types: eventTypes.filter((type) => events.has(shortType(type))),
    procedures: procedures.has('*') ? null : [...procedures],
  };
}

export const startOfDay = (day: string, daysBefore: number): Date =>
  new Date(new Date(`${day}T00:00:00+07:00`).getTime() - daysBefore * 86_400_000);
