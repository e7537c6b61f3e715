import { shortType } from '#wire';
import type { Runner } from '../database.js';

export interface PastOfStream {
  stream_id: string;
  sequence: number;
  id: string;
  type: string;
  sender: string;
  recorded_at: Date;
}

const EVENTS = `
select stream_id, sequence, id, type, sender, recorded_at from events where stream_id = any ($1::bigint[]) order by stream_id, sequence`;

const HAD = `
select agency_id as agency, stream_id as stream, max(sequence) as sequence from deliveries where stream_id = any ($1::bigint[]) group by 1, 2`;

/** What streams had before, and how far each agency's lane has gone in them: read only where a unit of a route has ended. */
export async function pastsOf(client: Runner, moved: readonly { stream_id: string }[]): Promise<Pasts> {
  const streams = [...new Set(moved.map(({ stream_id }) => stream_id))];
  if (streams.length === 0) return new Pasts([], []);
  const [events, had] = await Promise.all([
    client.query<PastOfStream>({ name: 'plan.pasts', text: EVENTS, values: [streams] }),
    client.query<Had>({ name: 'plan.had', text: HAD, values: [streams] }),
  ]);
  return new Pasts(events.rows, had.rows);
}

interface Had {
  agency: string;
  stream: string;
  sequence: number;
}

export class Pasts {
  private readonly events = new Map<string, PastOfStream[]>();
  /** By agency and stream: planned up to there, one after another. */
  private readonly reached: Map<string, number>;

  constructor(events: readonly PastOfStream[], had: readonly Had[]) {
    for (const event of events) this.events.set(event.stream_id, [...(this.events.get(event.stream_id) ?? []), event]);
    this.reached = new Map(had.map(({ agency, stream, sequence }) => [`${agency}/${stream}`, sequence]));
  }

  /** Asked in the order of events. What comes before what an agency has already can't be sent any more: its lane has passed it. */
  notHad(
    { stream_id, sequence }: { stream_id: string; sequence: number },
    { agency, types }: { agency: string; types: readonly string[] },
  ): PastOfStream[] {
    const key = `${agency}/${stream_id}`;
    const reached = this.reached.get(key) ?? 0;
    this.reached.set(key, sequence);
    return (this.events.get(stream_id) ?? []).filter(
      (e) => e.sequence > reached && e.sequence < sequence && e.sender !== agency && types.includes(shortType(e.type)),
    );
  }
}
