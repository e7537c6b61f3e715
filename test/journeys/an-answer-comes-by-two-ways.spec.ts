import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { judicialRecordCase, nextCode } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';

let hub: Hub;
let reporter: Producer;
beforeAll(async () => {
  hub = await Hub.start();
  const kafka = new Kafka({ clientId: 'lltp', brokers: hub.env.KAFKA_BROKERS!.split(','), logLevel: logLevel.NOTHING });
  reporter = kafka.producer();
  await reporter.connect();
  await hub.standIns.lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
}, 300_000);
afterAll(async () => {
  await reporter?.disconnect();
  await hub?.stop();
});

const report = (code: string, id: string, data: Record<string, unknown>) => ({
  specversion: '1.0',
  id,
  source: 'urn:lltp',
  type: 'vn.lienthong.case.status-changed.v1',
  subject: `case/${code}`,
  time: '2021-06-02T08:00:00+07:00',
  datacontenttype: 'application/json',
  data: { at: '2021-06-02T08:00:00+07:00', ...data },
});

async function tell(agency: string, ...events: unknown[]): Promise<void> {
  const topic = `${hub.env.LIENTHONG_NAMESPACE}.agency.${agency}.inbox`;
  await reporter.send({
    topic,
    acks: -1,
    messages: events.map((event) => ({
      key: 'case',
      value: typeof event === 'string' ? event : JSON.stringify(event),
    })),
  });
}

const eventsOf = (code: string) =>
  hub.rows<{ type: string; sender: string; status: number }>(
    `select e.type, e.sender, e.status from events e join aliases a using (stream_id) where a.code = $1 order by e.sequence`,
    [code],
  );

describe('an answer that comes by LLTP’s topic and by the poll', () => {
  it('is one event, whichever comes first, and goes to the one-stop and to the portal', async () => {
    const { lltp, oneStop } = hub.standIns;
    const code = nextCode();
    await hub.post('/v1/cases', judicialRecordCase(code));
    await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    await tell('lltp', report(code, 'r1', { status: 4 }), report(code, 'r1', { status: 4 }));
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', oneStop, code)).toEqual(['case.status-changed']),
    );
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    const asked = async (): Promise<number> =>
      (
        await hub.rows<{ asked: number }>(
          `select asked from collections c join aliases a using (stream_id) where a.code = $1`,
          [code],
        )
      )[0]!.asked;
    const before = await asked();
    await eventually(async () => expect(await asked()).toBeGreaterThan(before + 2));
    expect((await eventsOf(code)).map((e) => e.status)).toEqual([2, 4]);

    await lltp.ask('POST', `/cases/${code}/result`, {});
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', oneStop, code)).toEqual(['case.status-changed', 'case.result-issued']),
    );
  });

  it('is not held up by what can’t be taken: broken JSON, another’s case, a step back', async () => {
    const { lltp, oneStop } = hub.standIns;
    const code = nextCode();
    await hub.post('/v1/cases', judicialRecordCase(code));
    await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    await tell(
      'lltp',
      '{"broken":',
      report('000.00.30.H49-210531-9999', 'x1', { status: 4 }),
      report(code, 'x2', { status: 11 }),
      report(code, 'x3', { status: 4 }),
    );
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', oneStop, code)).toEqual(['case.status-changed']),
    );
    await hub.atRest();
    expect((await eventsOf(code)).map((e) => e.status)).toEqual([2, 4]);
  });

  it('is refused from an agency whose contract doesn’t let it report', async () => {
    const code = nextCode();
    await hub.post('/v1/cases', judicialRecordCase(code));
    await tell('cong-dvc', report(code, 'c1', { status: 9 }));
    await tell('lltp', report(code, 'c2', { status: 4 }));
    await eventually(async () =>
      expect((await eventsOf(code)).map((e) => [e.sender, e.status])).toEqual([
        ['mot-cua', 2],
        ['lltp', 4],
      ]),
    );
  });
});
