// Nhận sự kiện của một cơ quan, mỗi sự kiện đúng một lần. · An agency's events, each of them once.
// KAFKA_BROKERS=host:port LIENTHONG_AGENCY=bo-tu-phap node consumer.mjs
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';

const { KAFKA_BROKERS, LIENTHONG_AGENCY, LIENTHONG_NAMESPACE, CONSUMER_BOOK = 'received.ndjson' } = process.env;
if (!KAFKA_BROKERS || !LIENTHONG_AGENCY) throw new Error('KAFKA_BROKERS and LIENTHONG_AGENCY must be set');
const prefix = LIENTHONG_NAMESPACE ? `${LIENTHONG_NAMESPACE}.` : '';

// The book stands for your database: what an event does and its id are kept in one write, so a repeat finds its id.
const lines = existsSync(CONSUMER_BOOK) ? readFileSync(CONSUMER_BOOK, 'utf8').split('\n').slice(0, -1) : [];
const known = new Set(lines.map((line) => JSON.parse(line).id));

function take(event) {
  if (known.has(event.id)) return 'repeat';
  appendFileSync(CONSUMER_BOOK, `${JSON.stringify(event)}\n`, { flush: true });
  known.add(event.id);
  return 'new';
}

const kafka = new Kafka({ clientId: LIENTHONG_AGENCY, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR });
const groupId = `${prefix}${LIENTHONG_AGENCY}`;
const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, allowAutoTopicCreation: false });
await consumer.connect();
await consumer.subscribe({ topic: `${prefix}agency.${LIENTHONG_AGENCY}.events`, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  async eachMessage({ topic, partition, message }) {
    const event = JSON.parse(message.value.toString());
    const outcome = take(event);
    // Only after the work: what a crash leaves uncommitted comes again, and is recognised by its id.
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
    console.log(outcome, event.subject, event.sequence, event.type, event.id);
  },
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => consumer.disconnect());
