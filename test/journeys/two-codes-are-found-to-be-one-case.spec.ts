import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
}, 300_000);
afterAll(() => hub?.stop());

const merge = (loser: string, survivor: string): ReturnType<typeof run> =>
  run(
    'cli/src/main.js',
    ['case', 'merge', loser, '--into', survivor, '--reason', 'Nhập hai lần', '--wait', '--wait-seconds', '60'],
    hub.env,
  );
const report = async (code: string, status: number, key: string): Promise<number> =>
  (await hub.post(`/v1/cases/${code}/events`, statusChanged(code, status, key))).status;

describe('a case that was entered under two codes', () => {
  it('is one from the merge on: the survivor waits for the loser at a partner that is down, and then goes on by its own code', async () => {
    const { portal } = hub.standIns;
    const [survivor, loser] = [nextCode(), nextCode()];
    await hub.post('/v1/cases', otherCase(survivor));
    await hub.post('/v1/cases', otherCase(loser));
    await hub.atRest();

    await portal.faults({ down: true });
    expect(await report(loser, 4, 'l4')).toBe(202);
    await eventually(async () =>
      expect(await hub.rows(`select 1 from lanes where done < last and agency_id = 'cong-dvc'`)).toHaveLength(1),
    );
    const merging = merge(loser, survivor);
    await eventually(async () =>
      expect(await hub.rows(`select 1 from streams where merged_into is not null`)).toHaveLength(1),
    );
    // By either code it is the survivor's from now on, and waits for what the loser still has to say.
    expect(await report(loser, 4, 's4')).toBe(202);
    expect(await report(survivor, 9, 's9')).toBe(202);
    await portal.noFaults();

    const { code, out, err } = await merging;
    expect({ code, said: code === 0 ? '' : `${out}${err}` }).toEqual({ code: 0, said: '' });
    await hub.atRest();
    const after = (await portal.applied()).slice(2).map(({ code: held }) => held);
    expect(after).toEqual([loser, survivor, survivor]);
    const [chain] = await hub.rows<{ types: string[] }>(
      `select array_agg(e.type order by e.sequence) as types from events e join streams s on s.id = e.stream_id where s.merged_into is null group by s.id`,
    );
    expect(chain?.types.map((type) => type.split('.').slice(2, 4).join('.'))).toEqual([
      'case.received',
      'case.merged',
      'case.status-changed',
      'case.status-changed',
    ]);
  });

  it('stays so: what was merged is merged into nothing else', async () => {
    const [first, second, third] = [nextCode(), nextCode(), nextCode()];
    for (const code of [first, second, third]) await hub.post('/v1/cases', otherCase(code));
    expect((await merge(second, first)).code).toBe(0);
    expect((await merge(second, third)).code).toBe(1);
  });
});
