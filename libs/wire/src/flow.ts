/**
 * The one catalogue of hops between our processes and with agencies. Each process checks at start that it handles
 * what is given to it here; docs/flow.md and the AsyncAPI document are generated from it.
 */
export type App = 'intake' | 'delivery' | 'reconciliation' | 'console' | 'sandbox' | 'agency';

export interface Hop {
  /** Topic or queue; `{agency}` stands for an agency's id. */
  readonly name: string;
  readonly kind: 'topic' | 'queue';
  readonly payload: 'StreamAdvanced' | 'CloudEvent' | 'WakeLane';
  readonly producers: readonly App[];
  readonly consumers: readonly App[];
  readonly key: string;
  /** Of a new topic. One partition a send (measured trap of kafkajs), so each costs the relay's round a request. */
  readonly partitions?: number;
  readonly says: string;
}

export const flow = {
  hubEvents: {
    name: 'hub.events',
    kind: 'topic',
    payload: 'StreamAdvanced',
    producers: ['delivery'],
    consumers: ['delivery'],
    key: 'stream id',
    partitions: 4,
    says: 'A stream has grown to this sequence. May come twice or not at all: the plan reads the ledger.',
  },
  agencyEvents: {
    name: 'agency.{agency}.events',
    kind: 'topic',
    payload: 'CloudEvent',
    producers: ['delivery'],
    consumers: ['agency'],
    key: 'subject (case/<code>)',
    partitions: 4,
    says: 'What this agency may see, in order per case. A repeat has the same id.',
  },
  agencyInbox: {
    name: 'agency.{agency}.inbox',
    kind: 'topic',
    payload: 'CloudEvent',
    producers: ['agency'],
    consumers: ['intake'],
    key: 'subject (case/<code>)',
    partitions: 4,
    says: 'What this agency reports. Same id and body: the earlier answer.',
  },
  retry: {
    name: 'retry.{agency}',
    kind: 'queue',
    payload: 'WakeLane',
    producers: ['delivery'],
    consumers: ['delivery'],
    key: 'delivery and attempt',
    says: 'Wakes a lane whose delivery may be tried again. Ids only; may be lost, a sweeper does the same.',
  },
} as const satisfies Record<string, Hop>;

export type HopName = keyof typeof flow;

/** Every topic that exists where these agencies are connected. */
export function topicsFor(agencies: readonly string[]): { name: string; partitions: number }[] {
  const { hubEvents, agencyEvents, agencyInbox } = flow;
  return [
    { name: hubEvents.name, partitions: hubEvents.partitions },
    ...agencies.flatMap((id) =>
      [agencyEvents, agencyInbox].map((hop) => ({ name: topicFor(hop, id), partitions: hop.partitions })),
    ),
  ];
}

export const topicFor = (hop: Hop, agency: string): string => hop.name.replace('{agency}', agency);

/** The hops that an app must handle: what it checks at start against its handlers. */
export function hopsConsumedBy(app: App): HopName[] {
  return (Object.keys(flow) as HopName[]).filter((name) => (flow[name].consumers as readonly App[]).includes(app));
}

/** A retry job: which lane to wake. No personal data, no payload. */
export interface WakeLane {
  agency: string;
  stream: string;
  sequence: number;
}
