import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgencyFile, ContractVersion } from './agency-file.js';
import { validateAgencyFile } from './validate-agency-file.js';

const justice = {
  validFrom: '2018-01-01',
  owner: 'G15',
  protocol: 'lltp-gen2',
  endpoint: {
    baseUrl: 'https://lltp.example.vn/api',
    login: { kind: 'body-key', field: 'authKey', secret: 'LLTP_KEY' },
  },
  receives: [
    {
      procedures: ['2.000488', '2.000488.000.00.00.H56'],
      events: ['case.received', 'case.supplemented'],
      cases: 'all',
    },
  ],
  sends: ['case.status-changed', 'case.result-issued', 'case.result-revoked'],
  collect: { ask: 'per-case', until: [3, 9, 10], every: '5m' },
  limits: { inFlight: 16, timeout: '60s', settle: '0s' },
  retry: { first: '5s', factor: 2, atMost: '1h', giveUpAfter: '72h' },
  replies: [
    { when: { text: 'đã được tiếp nhận, không thể cập nhật' }, means: 'already-held' },
    { when: { status: '2xx', json: { status: 1 }, contentType: 'application/json' }, means: 'accepted' },
    { when: { json: { status: '0' }, operation: 'guiHoSo' }, means: 'refused', reason: ['errorDescription'] },
    { when: { status: [429, '5xx'] }, means: 'busy' },
    { when: { status: 401 }, means: 'session-expired' },
  ],
  onDuplicate: 'refuse',
  lookUp: { proves: 'state' },
  reconcile: { by: 'books', url: 'http://127.0.0.1:8091/books' },
  settings: { province: '72' },
} satisfies ContractVersion;

const lltp = {
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'lltp',
  name: { vi: 'Phần mềm cấp Phiếu lý lịch tư pháp', en: 'Judicial records' },
  versions: [justice, { ...justice, validFrom: '2025-03-01', owner: 'G01' }],
} satisfies AgencyFile;

/** The file with some members of its first version replaced (undefined: taken out). */
const withVersion = (members: Record<string, unknown>): unknown => {
  const first = Object.entries({ ...justice, ...members }).filter(([, value]) => value !== undefined);
  return { ...lltp, versions: [Object.fromEntries(first)] };
};

describe('an agency file', () => {
  it('with every member is valid', () => {
    expect(validateAgencyFile(structuredClone(lltp))).toEqual([]);
  });

  it.each([
    [{ kind: 'session', username: 'hub', secret: 'PORTAL_PASSWORD' }, []],
    [{ kind: 'bearer', secret: 'a.key-1' }, []],
    [{ kind: 'webhook', secrets: ['NEW', 'OLD'] }, []],
    [{ kind: 'webhook', secrets: [] }, [{ path: '/versions/0/endpoint/login/secrets', rule: 'minItems:1' }]],
    [
      { kind: 'webhook', secrets: ['A', 'B', 'C'] },
      [{ path: '/versions/0/endpoint/login/secrets', rule: 'maxItems:2' }],
    ],
    [{ kind: 'magic', secret: 'x' }, [{ path: '/versions/0/endpoint/login/kind', rule: 'enum' }]],
    [{ secret: 'x' }, [{ path: '/versions/0/endpoint/login/kind', rule: 'required' }]],
    [{ kind: 'session', secret: 'x' }, [{ path: '/versions/0/endpoint/login/username', rule: 'required' }]],
    [
      { kind: 'bearer', secret: '../../etc/passwd' },
      [{ path: '/versions/0/endpoint/login/secret', rule: 'pattern:^[A-Za-z0-9][A-Za-z0-9._-]*$' }],
    ],
  ])('with the login %j', (login, faults) => {
    expect(validateAgencyFile(withVersion({ endpoint: { ...justice.endpoint, login } }))).toEqual(faults);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['an event nobody knows', { sends: ['case.lost'] }, ['/versions/0/sends/0']],
    ['what only the hub may say', { sends: ['case.merged'] }, ['/versions/0/sends/0']],
    ['what only the hub may ask', { sends: ['case.correction-asked'] }, ['/versions/0/sends/0']],
    ['an event named twice', { sends: ['case.withdrawn', 'case.withdrawn'] }, ['/versions/0/sends']],
    [
      'a procedure that isn’t one',
      { receives: [{ procedures: ['2.488'], events: ['case.received'] }] },
      ['/versions/0/receives/0/procedures/0'],
    ],
    ['a subscription to nothing', { receives: [{ procedures: ['*'], events: [] }] }, ['/versions/0/receives/0/events']],
    ['a protocol nobody speaks', { protocol: 'soap' }, ['/versions/0/protocol']],
    ['a day that isn’t one', { validFrom: '2018-02-30' }, ['/versions/0/validFrom']],
    ['an owner without identifier', { owner: 'Bộ Tư pháp' }, ['/versions/0/owner']],
    ['a time without a unit', { limits: { ...justice.limits, timeout: '60' } }, ['/versions/0/limits/timeout']],
    ['an interval of nothing', { collect: { ...justice.collect, every: '0s' } }, ['/versions/0/collect/every']],
    ['a catalogue of who has none', { collect: { ask: 'catalogue', every: '1d' } }, ['/versions/0/collect']],
    [
      'a catalogue that is asked for cases, and carries some',
      { protocol: 'procedures-2026' },
      ['/versions/0/collect', '/versions/0/receives', '/versions/0/sends'],
    ],
    [
      'a share that is none',
      {
        protocol: 'procedures-2026',
        receives: [],
        sends: [],
        collect: { ask: 'catalogue', every: '1d', losesAtMost: '2' },
      },
      ['/versions/0/collect/losesAtMost'],
    ],
    ['a status past 10', { collect: { ...justice.collect, until: [11] } }, ['/versions/0/collect/until/0']],
    ['a back-off that shrinks', { retry: { ...justice.retry, factor: 0.5 } }, ['/versions/0/retry/factor']],
    [
      'a reply row that takes everything',
      { replies: [{ when: {}, means: 'accepted' }] },
      ['/versions/0/replies/0/when'],
    ],
    [
      'a reply row that means doubt',
      { replies: [{ when: { status: 200 }, means: 'doubt' }] },
      ['/versions/0/replies/0/means'],
    ],
    [
      'a status that HTTP lacks',
      { replies: [{ when: { status: 99 }, means: 'busy' }] },
      ['/versions/0/replies/0/when/status'],
    ],
    ['no status at all', { replies: [{ when: { status: [] }, means: 'busy' }] }, ['/versions/0/replies/0/when/status']],
    ['an address without a host', { endpoint: { baseUrl: 'http://' } }, ['/versions/0/endpoint/baseUrl']],
    ['a member nobody reads', { mapping: 'x' }, ['/versions/0/mapping']],
    ['deliveries without an address', { endpoint: undefined, collect: undefined }, ['/versions/0/endpoint']],
    ['asking without an address', { endpoint: undefined, receives: [] }, ['/versions/0/endpoint']],
  ])('with %s is refused there', (_, members, paths) => {
    const faults = validateAgencyFile(withVersion(members));
    expect(faults.map(({ path }) => path)).toEqual(paths);
    expect(faults.every(({ rule }) => rule !== '')).toBe(true);
  });

  it('needs no address where nothing is called: a topic, a feed, or a system that only reports', () => {
    for (const protocol of ['topic', 'feed'])
      expect(validateAgencyFile(withVersion({ protocol, endpoint: undefined, collect: undefined }))).toEqual([]);
    const reporting = { endpoint: undefined, collect: undefined, receives: [] };
    expect(validateAgencyFile(withVersion(reporting))).toEqual([]);
  });

  it('has versions in the order of their first day, none twice, at least one', () => {
    const from = (...days: string[]) => ({ ...lltp, versions: days.map((validFrom) => ({ ...justice, validFrom })) });
    const fault = { path: '/versions/1/validFrom', rule: 'after:/versions/0/validFrom' };
    expect(validateAgencyFile(from('2018-01-01', '2025-03-01', '2026-07-01'))).toEqual([]);
    expect(validateAgencyFile(from('2025-03-01', '2018-01-01'))).toEqual([fault]);
    expect(validateAgencyFile(from('2018-01-01', '2018-01-01'))).toEqual([fault]);
    expect(validateAgencyFile(from())).toEqual([{ path: '/versions', rule: 'minItems:1' }]);
  });

  it.each(['LLTP', 'a.b', '-a', 'a-', 'a--b', '', 'ä', 'a'.repeat(33)])(
    'may not call itself %j: its id is part of topic names',
    (id) => {
      expect(validateAgencyFile({ ...lltp, id })).toMatchObject([{ path: '/id' }]);
    },
  );

  it('lacks each member by name, and takes no other', () => {
    for (const key of Object.keys(lltp)) {
      const rest = Object.fromEntries(Object.entries(lltp).filter(([k]) => k !== key));
      expect(validateAgencyFile(rest)).toEqual([{ path: `/${key}`, rule: 'required' }]);
    }
    expect(validateAgencyFile({ ...lltp, retries: 3 })).toEqual([{ path: '/retries', rule: 'additionalProperties' }]);
  });

  it('is judged, never thrown back, whatever YAML gives', () => {
    const members = fc.dictionary(fc.constantFrom(...Object.keys(lltp)), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), members), (value) => {
        expect(validateAgencyFile(value).length).toBeGreaterThan(0);
      }),
    );
  });
});
