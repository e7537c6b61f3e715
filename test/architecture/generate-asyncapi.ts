import {
  eventVersions,
  flow,
  publishedSchemas,
  publishedTypes,
  reportedTypes,
  topicFor,
  type Hop,
  type PublishedType,
} from '#wire';

const agency = { description: 'The agency’s id, as in its file.' };
const hops: readonly { name: string; hop: Hop; action: 'send' | 'receive'; types: readonly PublishedType[] }[] = [
  { name: 'agencyEvents', hop: flow.agencyEvents, action: 'send', types: publishedTypes },
  { name: 'agencyInbox', hop: flow.agencyInbox, action: 'receive', types: reportedTypes },
];
const messageName = (type: PublishedType): string => type.replace(/^vn\.lienthong\./, '');

/** What agencies exchange with the hub over Kafka, as AsyncAPI 3.0: from the catalogue of hops and the payloads' own schemas. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Liên Thông: trao đổi với các cơ quan qua Kafka · exchange with agencies over Kafka',
      version: '1.0.0',
      license: { name: 'Apache-2.0' },
      description:
        'CloudEvents 1.0 in structured JSON (application/cloudevents+json), in order per subject. A repeat has the same id and the same bytes. Consumers read v1 or v2 (`consumes.speaks`); the same event has the same id in both. Reports come in as v1. How to consume: docs/consume.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      hops.map(({ name, hop, types }) => [
        name,
        {
          address: topicFor(hop, '{agency}'),
          description: hop.says,
          parameters: { agency },
          messages: Object.fromEntries(
            types.map((type) => [messageName(type), { $ref: `#/components/messages/${messageName(type)}` }]),
          ),
          bindings: { kafka: { partitions: hop.partitions ?? 1 } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      hops.map(({ name, hop, action }) => [
        action === 'send' ? 'tellAgency' : 'hearAgency',
        { action, channel: { $ref: `#/channels/${name}` }, summary: hop.says },
      ]),
    ),
    components: {
      messages: Object.fromEntries(publishedTypes.map((type) => [messageName(type), message(type)])),
      schemas: Object.fromEntries(publishedTypes.map((type) => [messageName(type), publishedSchemas[type]])),
    },
  };
}

/** Only to agencies that get cases by their route, with what carries the case in full. */
const routeAttributes = {
  routeform: { type: 'string', enum: ['three-level', 'two-level', 'horizontal', 'vertical'] },
  routestep: { type: 'string', pattern: '^[1-9][0-9]*/[1-9][0-9]*$', description: 'The receiver’s step, of how many.' },
  routeunit: { type: 'string', description: 'The unit whose step it is.' },
  routework: { type: 'string' },
  routedue: { type: 'string', format: 'date-time', description: 'When that step is due.' },
};

const text = (description: string): object => ({ type: 'string', description });

/** The printed end, where this version of this type has one. */
function endOf(type: PublishedType): object {
  const { until } = eventVersions.find((one) => one.type === type)!;
  return until === null ? {} : { summary: `Read until ${until}; then v2.`, 'x-sunset': until };
}

const message = (type: PublishedType): object => ({
  name: type,
  ...endOf(type),
  contentType: 'application/cloudevents+json',
  headers: {
    type: 'object',
    properties: {
      traceparent: text('W3C Trace Context'),
      'lienthong-replay': text(
        'The operation that sends this event once more, under the same id; absent on what is new.',
      ),
      deprecation: text('RFC 9745: since when nobody should begin with the version that this agency reads.'),
      sunset: text('RFC 8594: until when it is read.'),
    },
  },
  payload: {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string' },
      source: { type: 'string' },
      type: { const: type },
      subject: { type: 'string', pattern: '^case/.+$' },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      sequence: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'Only on what the hub sends.' },
      ...routeAttributes,
      data: { $ref: `#/components/schemas/${messageName(type)}` },
    },
  },
  bindings: { kafka: { key: { type: 'string', description: 'The subject.' } } },
});
