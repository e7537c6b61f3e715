import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readAgencies } from '#ledger';
import { agencyText, ContractWorld, versionText } from '../testing/contract-world.js';

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const lltp = { protocol: 'lltp-gen2', endpoint: `{ baseUrl: 'http://127.0.0.1:1' }` };
const days = async (): Promise<string[]> =>
  (await readAgencies(world.db)).flatMap(({ versions }) => versions.map(({ validFrom }) => validFrom));

describe('agency apply', () => {
  it.each<[string, string, string]>([
    ['a member that nobody reads', agencyText({ shoeSize: '44' }), 'a.yaml:16:5: /versions/0/shoeSize'],
    [
      'two versions of one day',
      agencyText({}, versionText('2018-01-01')),
      'a.yaml:16:16: /versions/1/validFrom trùng ngày',
    ],
    ['no endpoint', agencyText({ endpoint: '' }), 'a.yaml:6:5: /versions/0/endpoint còn thiếu'],
    [
      'an endpoint without the login that its protocol needs',
      agencyText(lltp),
      'a.yaml:9:5: /versions/0/endpoint/login giao thức không dùng được',
    ],
    [
      'a setting that its protocol needs',
      agencyText({
        ...lltp,
        endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: body-key, field: k, secret: KEY } }`,
      }),
      'needs settings.sendPath',
    ],
    [
      'a secret that is not there',
      agencyText({ endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: OTHER } }` }),
      'a.yaml:9:79: /versions/0/endpoint/login/secret không có mật khẩu này · there is no such secret [secret] (OTHER is not there)',
    ],
    [
      'replies of which none means accepted',
      agencyText({ replies: '[{ when: { status: 503 }, means: busy }]' }),
      'a.yaml:15:5: /versions/0/replies không dòng nào nghĩa là đã nhận',
    ],
    [
      'a procedure that is none',
      agencyText({ receives: `[{ procedures: ['2.488'], events: [case.received] }]` }),
      'a.yaml:10:31: /versions/0/receives/0/procedures/0',
    ],
    [
      'credentials in an address',
      agencyText({ endpoint: `{ baseUrl: 'http://hub:s3cret@127.0.0.1:1', login: { kind: bearer, secret: KEY } }` }),
      'a.yaml:9:26: /versions/0/endpoint/baseUrl địa chỉ chứa tên hay mật khẩu',
    ],
    ['no YAML', 'id: [', 'a.yaml:1:6: / [yaml:'],
  ])('refuses %s, says where, and what is in force stays', async (_what, text, says) => {
    await world.apply(agencyText());
    const before = await world.inForce();
    const { code, err, out } = await world.apply(text);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(says);
    expect(err).not.toContain('s3cret');
    expect(await world.inForce()).toBe(before);
  });

  it('takes a file whose secrets come later only when told so', async () => {
    const text = agencyText({ endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: LATER } }` });
    expect((await world.apply(text)).err).toContain('LATER is not there');
    expect((await world.apply(text, ' --without-secrets')).out).toContain('✓ a: lần áp dụng · serial 1');
    expect(await days()).toEqual(['2018-01-01']);
  });

  it('makes the file the whole contract, in one step for all files, and says what it took away', async () => {
    await world.apply(agencyText({}, versionText('2020-01-01')));
    expect(await days()).toEqual(['2018-01-01', '2020-01-01']);
    const { out } = await world.apply(agencyText({}, versionText('2021-01-01')));
    expect(out).toContain('serial 2; bỏ · removed: 2020-01-01');
    expect(await days()).toEqual(['2018-01-01', '2021-01-01']);
    expect((await world.typed(`apply -f ${world.file(agencyText({}, versionText('2021-01-01')))}`)).out).toContain(
      '= a: không đổi gì',
    );
  });

  it('keeps a version that a delivery which hasn’t ended is bound to: the file is refused, with their number', async () => {
    await world.apply(agencyText({}, versionText('2020-01-01')));
    await world.db.pool
      .query(`insert into lanes (agency_id, stream_id, last, deadline, wait) select 'a', i, 1, now(), 'timer' from generate_series(1, 4) i;
      insert into deliveries (agency_id, stream_id, sequence, event_id, state, contract_version)
      select 'a', i, 1, gen_random_uuid(), (array['open', 'parked', 'acknowledged', 'open'])[i]::delivery_state, case when i < 4 then '2020-01-01'::date end from generate_series(1, 4) i`);
    const before = await world.inForce();
    expect(await world.apply(agencyText())).toMatchObject({
      code: 1,
      err: expect.stringContaining('a 2020-01-01: 2 lần chuyển chưa xong'),
    });
    expect(await world.inForce()).toBe(before);
    // A request is under way that will be bound to the version in force.
    await world.db.pool.query(`update deliveries set state = 'closed' where stream_id < 4;
      update lanes set wait = null, worker = 1, sending = 1 where stream_id = 4`);
    expect((await world.apply(agencyText())).err).toContain('a 2020-01-01: 1 lần');
    await world.db.pool.query(`update lanes set worker = null, wait = 'turn'`);
    await world.apply(agencyText());
    expect(await days()).toEqual(['2018-01-01']);
  });
});

describe('agency diff', () => {
  const diff = (text: string, more = ''): ReturnType<typeof world.typed> =>
    world.typed(`agency diff ${world.file(text)}${more}`);

  it('shows by version what would change, old and new, and changes nothing itself', async () => {
    await world.apply(agencyText({}, versionText('2020-01-01')));
    const before = await world.inForce();
    const text = agencyText(
      {
        limits: '{ inFlight: 8, timeout: 1s, perSecond: 5 }',
        receives: `[{ procedures: ['2.000488', '*'], events: [case.withdrawn] }]`,
      },
      versionText('2021-01-01'),
    );
    const { code, out } = await diff(text);
    expect(code).toBe(0);
    for (const line of [
      '~ đổi · changed 2018-01-01',
      '~ limits.inFlight: 1 → 8',
      '+ limits.perSecond: 5',
      '+ receives.0.procedures: *',
      '- receives.0.events: case.received',
      '+ receives.0.events: case.withdrawn',
      '- bỏ · removed 2020-01-01',
      '+ thêm · added 2021-01-01',
    ])
      expect(out).toContain(line);
    expect(JSON.parse((await diff(text, ' --json')).out)).toMatchObject({
      agency: 'a',
      isNew: false,
      versions: [{ validFrom: '2018-01-01', change: 'changed' }, { change: 'removed' }, { change: 'added' }],
    });
    expect(await world.inForce()).toBe(before);
  });

  it('says so where nothing changes, whatever the order of its members', async () => {
    await world.apply(agencyText());
    const [owner, protocol] = ['    owner: H53\n', '    protocol: one-stop\n'];
    const turned = agencyText().replace(owner + protocol, protocol + owner);
    expect(await diff(turned)).toMatchObject({ code: 0, out: 'a: không đổi gì · nothing changes\n' });
  });

  it('shows a new agency as such', async () => {
    expect((await diff(agencyText())).out).toContain('a: cơ quan mới · a new agency');
  });
});
