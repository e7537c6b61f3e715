// Báo trạng thái hồ sơ về trục. · Reports a case's status to the hub.
// KAFKA_BROKERS=host:port LIENTHONG_AGENCY=lltp node report.mjs CASE-CODE STATUS [AT]
import { Kafka, logLevel } from 'kafkajs';

const { KAFKA_BROKERS, LIENTHONG_AGENCY, LIENTHONG_NAMESPACE } = process.env;
const [code, status, at = new Date().toISOString()] = process.argv.slice(2);
if (!KAFKA_BROKERS || !LIENTHONG_AGENCY || !code || !status) throw new Error('see the first lines of this file');

const event = {
  specversion: '1.0',
  // Your own key of this report: sent again with the same body it is the same report, with another body it is refused.
  id: `${code}-${status}-${at}`,
  source: `/agencies/${LIENTHONG_AGENCY}`,
  type: 'vn.lienthong.case.status-changed.v1',
  subject: `case/${code}`,
  time: at,
  datacontenttype: 'application/json',
  data: { status: Number(status), at },
};

const kafka = new Kafka({ clientId: LIENTHONG_AGENCY, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR });
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
await producer.send({
  topic: `${LIENTHONG_NAMESPACE ? `${LIENTHONG_NAMESPACE}.` : ''}agency.${LIENTHONG_AGENCY}.inbox`,
  acks: -1,
  messages: [{ key: event.subject, value: JSON.stringify(event) }],
});
await producer.disconnect();
console.log('sent', event.subject, event.id);
