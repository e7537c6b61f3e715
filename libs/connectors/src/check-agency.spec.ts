import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { locateAgencyFile, type AgencyFile, type ContractVersion } from '#wire';

import { contractOf } from './case.fixture.js';
import { checkAgency, missingSecrets } from './check-agency.js';

const agency = (...versions: ContractVersion[]): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'x',
  name: { vi: 'x', en: 'x' },
  versions,
});
const oneStop = contractOf('mot-cua');
const lltp = contractOf('lltp');
const faults = async (version: ContractVersion): Promise<string[]> =>
  (await checkAgency(agency(oneStop, version))).map(({ path, rule }) => `${path} ${rule}`);

describe('an agency file of the right shape', () => {
  it.each(['mot-cua', 'lltp', 'cong-dvc', 'bo-tu-phap'])('of %s is well', async (id) => {
    expect(await checkAgency(agency(contractOf(id)))).toEqual([]);
  });

  it('is faulty where its protocol’s connector says so, at the member that it names', async () => {
    const { endpoint, settings, ...more } = lltp;
    const { login, ...address } = endpoint!;
    const { pollPath, ...others } = settings!;
    expect([login?.kind, pollPath]).toEqual(['body-key', '/api/lltp/ket-qua']);
    expect(await faults({ ...lltp, endpoint: address })).toEqual(['/versions/1/endpoint/login protocol']);
    expect(await faults({ ...more, settings: settings! })).toEqual(['/versions/1/endpoint protocol']);
    expect(await faults({ ...lltp, settings: others })).toEqual(['/versions/1/settings/pollPath protocol']);
    expect(await faults({ ...oneStop, settings: { colour: 'red' } })).toEqual([
      '/versions/1/settings/colour additionalProperties',
    ]);
  });

  it('is told every fault that its connector finds in one run, each where it stands', async () => {
    const text = await readFile(new URL('./http-declared/labour.fixture.yaml', import.meta.url), 'utf8');
    const wrong = text
      .replace('received: { from: application.receivedAt', 'received: { from: applicatoin.receivedAt')
      .replace(
        'via: { from: application.channel, table: channel }',
        'via: { from: application.channel, table: chanel }',
      )
      .replace('name: { from: answer.case.officer, required: true }', 'name: { from: data.officer }')
      .replace('operation: find\n      held', 'operation: seek\n      held');
    const { file, located } = locateAgencyFile(wrong, {});
    const found = located(await checkAgency(file));
    const lines = wrong.split('\n');
    expect(found.map(({ path, line }) => [path, lines[line! - 1]!.trim().split(':')[0]])).toEqual([
      ['/versions/0/operations/create/item/via', 'via'],
      ['/versions/0/operations/create/item/received', 'received'],
      ['/versions/0/operations/supplement/item/via', 'via'],
      ['/versions/0/operations/supplement/item/received', 'received'],
      ['/versions/0/lookUp/operation', 'operation'],
      ['/versions/0/collect/reads/1/reports/0/data/officer/name', 'officer'],
    ]);
  });

  it('is faulty with what a draft left open, wherever any text would do', async () => {
    const replies = [...oneStop.replies, { when: { text: 'TODO' }, means: 'refused' as const }];
    const found = await checkAgency({ ...agency({ ...oneStop, replies }), name: { vi: 'TODO', en: 'x' } });
    expect(found).toMatchObject([
      { path: '/name/vi', rule: 'todo' },
      { path: `/versions/0/replies/${replies.length - 1}/when/text`, rule: 'todo' },
    ]);
  });

  it('is faulty with a login in an address, of which no fault shows anything', async () => {
    for (const baseUrl of ['http://u:s3cret@127.0.0.1:1', 'http://s3cret@127.0.0.1:1', 'http://a:b:s3cret']) {
      const found = await checkAgency(agency({ ...oneStop, endpoint: { ...oneStop.endpoint!, baseUrl } }));
      expect(found).toMatchObject([{ path: '/versions/0/endpoint/baseUrl' }]);
      expect(JSON.stringify(found)).not.toContain('s3cret');
    }
    const reconcile = { by: 'books' as const, url: 'http://u:p@127.0.0.1:1/books' };
    expect(await faults({ ...oneStop, reconcile })).toEqual(['/versions/1/reconcile/url credentials']);
  });

  it('is faulty where no reply means accepted, unless nothing is ever answered', async () => {
    expect(await faults({ ...oneStop, replies: [] })).toEqual(['/versions/1/replies accepted']);
    expect(await faults({ ...oneStop, replies: [], receives: [] })).toEqual([]);
  });

  it('lacks each secret that isn’t there, version by version', async () => {
    const has = (name: string): Promise<boolean> => Promise.resolve(name === 'LLTP_KEY');
    const absent = { rule: 'secret', detail: 'MOT_CUA_INBOUND_KEY is not there' };
    expect(await missingSecrets(agency(lltp, oneStop), has)).toEqual([
      { path: '/versions/1/endpoint/login/secret', ...absent },
      { path: '/versions/1/reconcile/1/secret', ...absent },
    ]);
  });
});
