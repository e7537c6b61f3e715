import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, type StandIn } from './hub.js';
import { run } from './processes.js';

interface Discrepancy {
  id: string;
  key: string;
  counted: boolean;
  settledAs: string | null;
  settledBy: string | null;
}
interface Shown {
  events: { type: string; data: { discrepancy: string; agency: string; fields: { name: string }[] } }[];
}

let hub: Hub;
let portal: StandIn;
let oneStop: StandIn;
beforeAll(async () => {
  hub = await Hub.start({ apps: ['delivery', 'reconciliation'], env: { LIENTHONG_AUTHOR: 'lan' } });
  ({ portal, oneStop } = hub.standIns);
}, 300_000);
afterAll(() => hub?.stop());

const cli = (...args: string[]) => run('cli/src/main.js', args, hub.env);

/** Open discrepancies that one comparison found; one that the clock ordered may be under way: then it is asked again. */
async function compared(): Promise<number> {
  const to = join(hub.env.LIENTHONG_BOOKS_DIR!, 'comparison.json');
  await rm(to, { force: true });
  return eventually(async () => {
    const { err } = await cli('reconcile', 'run', '--agency', 'cong-dvc', '--by', 'digest', '--json', to);
    const text = await readFile(to, 'utf8').catch(() => Promise.reject(new Error(err)));
    const { comparison } = JSON.parse(text) as { comparison: { state: string; found: number } };
    expect(comparison.state).toBe('done');
    return comparison.found;
  }, 300_000);
}

const found = (): Promise<Discrepancy[]> =>
  hub.rows<Discrepancy>(
    `select id, key, counted, settled_as as "settledAs", settled_by as "settledBy" from discrepancies order by id`,
  );
const atCounter = async (code: string): Promise<Shown['events']> =>
  ((await oneStop.ask('GET', `/cases/${code}`)) as Shown).events.filter(({ type }) => type.includes('correction'));

it('has a counter put right what two sides’ books differ in, and both agree by themselves after it', async () => {
  const [code, other] = [nextCode(), nextCode()];
  for (const one of [code, other]) {
    await hub.post('/v1/cases', otherCase(one));
    await hub.post(`/v1/cases/${one}/events`, statusChanged(one, 4, `${one}-4`), {
      headers: { 'content-type': 'application/cloudevents+json' },
    });
  }
  await eventually(async () => expect(await portal.ask('GET', `/holds?code=${other}`)).toMatchObject({ status: 4 }));
  await hub.atRest();
  expect(await compared()).toBe(0);

  await portal.ask('POST', '/falsify', { type: 'field-differs', key: code, seed: 1, fields: ['applicantName'] });
  expect([await compared(), await compared()]).toEqual([1, 1]);
  const [one] = await found();
  expect(one).toMatchObject({ key: code, counted: true, settledAs: null });
  expect((await cli('discrepancies', 'show', one!.id)).out).toContain(`settle ${one!.id} --as ask-counter`);

  // Whoever carries the question dies with it.
  const asked = await cli('discrepancies', 'settle', one!.id, '--as', 'ask-counter', '--note', 'xem lại tờ khai');
  await hub.apps.get('delivery')!.kill('SIGKILL');
  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('đã lệnh') });
  await hub.startApp('delivery');
  await eventually(async () => expect(await atCounter(code)).toHaveLength(1), 120_000);
  const [question] = await atCounter(code);
  expect(question!.data).toMatchObject({
    ...{ discrepancy: one!.id, agency: 'cong-dvc', key: code, note: 'xem lại tờ khai' },
    fields: [{ name: 'applicantName' }],
    reason: { vi: expect.stringContaining('họ tên người nộp'), en: expect.stringContaining('applicant’s name') },
  });
  expect(JSON.stringify(question)).not.toMatch(/Mẫu Đơn/i);
  expect(await atCounter(other)).toEqual([]);
  // Asked once: nothing of it goes to the portal, and the very same isn't asked twice.
  await hub.atRest();
  expect(await hub.typesHeldBy('cong-dvc', portal, code)).toEqual(['case.received', 'case.status-changed']);
  const again = await cli('discrepancies', 'settle', one!.id, '--as', 'ask-counter', '--note', 'xem lại tờ khai');
  expect(again).toMatchObject({ code: 1, out: expect.stringContaining('done before') });
  expect((await found())[0]).toMatchObject({ settledAs: null });

  const answer = {
    ...{ ...otherCase(code), status: 4 },
    supplement: { receivedAt: '2021-06-02T08:00:00+07:00', note: 'Đã xem tờ khai: họ tên đúng' },
  };
  const event = { type: 'vn.lienthong.case.supplemented.v1', data: answer };
  await oneStop.ask('POST', '/submissions', { key: `${code}-answer`, code, event });
  await eventually(
    async () =>
      expect(await hub.typesHeldBy('cong-dvc', portal, code)).toEqual([
        ...['case.received', 'case.status-changed', 'case.supplemented'],
      ]),
    120_000,
  );
  // Nobody orders this comparison: what was asked is answered, so the pair is looked at again.
  await eventually(async () => expect((await found())[0]).toMatchObject({ settledAs: 'ask-counter', settledBy: 'lan' }), 180_000); // prettier-ignore
  expect(await compared()).toBe(0);
  await hub.atRest();
  expect(await atCounter(code)).toHaveLength(1);
}, 1_200_000);
