import { eventTypes, flow, payloadSchemas, reportedTypes, topicFor, type EventType, type Hop } from '#wire';

const agency = { description: 'The agency’s id, as in its file.' };
const hops: readonly { name: string; hop: Hop; action: 'send' | 'receive'; types: readonly EventType[] }[] = [
  { name: 'agencyEvents', hop: flow.agencyEvents, action: 'send', types: eventTypes },
  { name: 'agencyInbox', hop: flow.agencyInbox, action: 'receive', types: reportedTypes },
];
const messageName = (type: EventType): string => type.replace(/^vn\.lienthong\./, '');

/** What agencies exchange with the hub over Kafka, as AsyncAPI 3.0: from the catalogue of hops and the payloads' own schemas. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Liên Thông: trao đổi với các cơ quan qua Kafka · exchange with agencies over Kafka',
      version: '1.0.0',
      license: { name: 'Apache-2.0' },
      description:
        'CloudEvents 1.0 in structured JSON (application/cloudevents+json), in order per subject. A repeat has the same id and the same bytes. How to consume: docs/consume.',
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
      messages: Object.fromEntries(eventTypes.map((type) => [messageName(type), message(type)])),
      schemas: Object.fromEntries(eventTypes.map((type) => [messageName(type), payloadSchemas[type]])),
    },
  };
}

const message = (type: EventType): object => ({
  name: type,
  contentType: 'application/cloudevents+json',
  headers: { type: 'object', properties: { traceparent: { type: 'string', description: 'W3C Trace Context' } } },
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
      data: { $ref: `#/components/schemas/${messageName(type)}` },
    },
  },
  bindings: { kafka: { key: { type: 'string', description: 'The subject.' } } },
});
