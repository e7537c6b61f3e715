import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { classifyReply, durationMs, type PartnerAnswer } from '#domain';
import { parseAgencyFile, type AgencyFile, type ContractVersion } from '#wire';

import { connectorFor } from './connector-for.js';
import { contractOf, sample, without } from './case.fixture.js';

const provinces = join(import.meta.dirname, '..', '..', '..', 'deploy', 'provinces');
const agenciesOf = {
  demo: ['bo-tu-phap', 'cong-dvc', 'lltp', 'mot-cua'],
  // The main job's partners all keep books.
  'uong-bi-2021': ['cong-dvc', 'lltp', 'mot-cua'],
};
const read = (province: string, agency: string): AgencyFile =>
  parseAgencyFile(readFileSync(join(provinces, province, 'agencies', `${agency}.yaml`), 'utf8'), {});
const connect = (agency: string, contract: ContractVersion) =>
  connectorFor(contract.protocol, {
    agency,
    contract,
    publish: () => Promise.resolve(),
    append: () => Promise.resolve([]),
  });

describe.each(['demo', 'uong-bi-2021'] as const)('the agencies of %s', (province) => {
  const agencies = agenciesOf[province];

  it('are these', () => {
    const files = readdirSync(join(provinces, province, 'agencies'));
    expect(files.sort()).toEqual(agencies.map((id) => `${id}.yaml`));
  });

  it.each(agencies)('%s: every version can be spoken to', async (agency) => {
    const { id, versions } = read(province, agency);
    expect(id).toBe(agency);
    for (const contract of versions) {
      await connect(agency, contract).close();
      const { limits, retry, collect } = contract;
      const durations = [
        limits.timeout,
        limits.settle ?? '0ms',
        retry.first,
        retry.atMost,
        retry.giveUpAfter,
        collect?.every ?? '1s',
      ];
      expect(durations.map(durationMs).every((ms) => Number.isFinite(ms))).toBe(true);
    }
  });

  it('put the ports where the environment says', () => {
    const text = readFileSync(join(provinces, province, 'agencies', 'lltp.yaml'), 'utf8');
    const contract = parseAgencyFile(text, { LIENTHONG_LLTP_PORT: '40123' }).versions.at(-1);
    expect(contract?.endpoint?.baseUrl).toBe('http://127.0.0.1:40123');
  });
});

it('speaks to the judicial records of before their owner changed', async () => {
  await connect('lltp', contractOf('lltp-gen1')).close();
});

it('speaks to the agency that the demo doesn’t start', async () => {
  await connect('bo-noi-vu', contractOf('bo-noi-vu')).close();
});

describe('a contract that its protocol can’t use', () => {
  it('is refused by what is missing or unknown', () => {
    const lltp = contractOf('lltp');
    const others = without(lltp.settings ?? {}, 'sendPath');
    expect(() => connect('lltp', { ...lltp, settings: others })).toThrow('needs settings.sendPath');
    expect(() => connect('lltp', { ...lltp, settings: { ...lltp.settings, sendpath: '/x' } })).toThrow(
      'knows no settings.sendpath',
    );
    expect(() => connect('lltp', without(lltp, 'endpoint'))).toThrow('needs an endpoint');
    expect(() => connect('lltp', { ...contractOf('mot-cua'), protocol: 'lltp-gen2' })).toThrow(
      'needs endpoint.login of kind body-key',
    );
  });
});

describe('what the partners’ answers mean', () => {
  const answer = (body: unknown, more: Partial<Extract<PartnerAnswer, { kind: 'answered' }>> = {}): PartnerAnswer => ({
    kind: 'answered',
    status: 200,
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify(body),
    json: body,
    ...more,
  });
  const page = (status: number, text: string): PartnerAnswer => ({
    kind: 'answered',
    status,
    contentType: 'text/html',
    text,
  });
  const meaning = (agency: string, operation: string, said: PartnerAnswer) =>
    classifyReply(said, operation, contractOf(agency).replies);

  it.each<[string, string, PartnerAnswer, object]>([
    ['lltp', 'gui-ho-so', answer(sample('lltp-gen2/b-gui-ho-so.success.json')), { kind: 'accepted' }],
    ['lltp', 'gui-ho-so', answer(sample('lltp-gen2/b-gui-ho-so.duplicate.json')), { kind: 'already-held' }],
    ['lltp', 'gui-ho-so', answer(sample('lltp-gen2/b-gui-ho-so.bad-key.inferred.json')), { kind: 'busy' }],
    [
      'lltp',
      'gui-ho-so',
      answer(sample('lltp-gen2/b-gui-ho-so.refused.inferred.json')),
      { kind: 'refused', reason: 'Gửi thông tin không hợp lệ: nycNgaySinh không đúng định dạng' },
    ],
    ['lltp', 'gui-ho-so', answer({ message: 'bận' }, { status: 503, retryAfter: 1 }), { kind: 'busy', retryAfter: 1 }],
    ['lltp', 'gui-ho-so', page(200, 'Gửi thông tin thành công'), { kind: 'doubt' }],
    ['lltp', 'gui-ho-so', page(502, 'Bad gateway'), { kind: 'doubt' }],
    ['lltp', 'gui-ho-so', page(200, ''), { kind: 'doubt' }],
    ['lltp', 'gui-ho-so', answer({}), { kind: 'doubt' }],
    ['lltp', 'ket-qua', answer(sample('lltp-gen2/c-ket-qua.done.json')), { kind: 'accepted' }],
    ['lltp', 'ket-qua', answer(sample('lltp-gen2/c-ket-qua.unknown.inferred.json')), { kind: 'refused' }],
    ['cong-dvc', 'DongBoHoSoMC', answer(sample('national-portal/answer.success.json')), { kind: 'accepted' }],
    ['cong-dvc', 'DongBoHoSoMC', answer({ error_code: 0, message: '' }), { kind: 'accepted' }],
    ['cong-dvc', 'DongBoHoSoMC', answer(sample('national-portal/answer.duplicate.json')), { kind: 'already-held' }],
    [
      'cong-dvc',
      'DongBoHoSoMC',
      answer({ error_code: '0', message: 'MÃ HỒ SƠ ĐÃ TỒN TẠI'.normalize('NFD') }),
      { kind: 'already-held' },
    ],
    [
      'cong-dvc',
      'DongBoHoSoMC',
      answer(sample('national-portal/answer.refused.json')),
      { kind: 'refused', reason: 'Mã thủ tục hành chính không hợp lệ' },
    ],
    [
      'cong-dvc',
      'CapNhatTienDoHoSoMC',
      answer({ error_code: -3, message: 'Thiếu trường' }),
      { kind: 'refused', reason: 'Thiếu trường' },
    ],
    [
      'cong-dvc',
      'DongBoHoSoMC',
      answer(sample('national-portal/answer.session-expired.inferred.json')),
      { kind: 'session-expired' },
    ],
    [
      'cong-dvc',
      'TraCuuHoSo',
      answer(sample('national-portal/answer.session-expired.inferred.json')),
      { kind: 'session-expired' },
    ],
    ['cong-dvc', 'TraCuuHoSo', answer(sample('national-portal/TraCuuHoSo.unknown.json')), { kind: 'accepted' }],
    ['cong-dvc', 'DongBoHoSoMC', answer({ error_code: '3', message: 'dstcode không hợp lệ' }), { kind: 'busy' }],
    ['cong-dvc', 'DongBoHoSoMC', answer({ error_code: '7', message: 'thành công?' }), { kind: 'doubt' }],
    ['cong-dvc', 'DongBoHoSoMC', page(200, 'thành công'), { kind: 'doubt' }],
    ['mot-cua', 'events', answer({ outcome: 'applied' }), { kind: 'accepted' }],
    ['mot-cua', 'events', answer({ outcome: 'repeat' }), { kind: 'accepted' }],
    ['mot-cua', 'events', { kind: 'answered', status: 204, contentType: '', text: '' }, { kind: 'accepted' }],
    [
      'mot-cua',
      'events',
      answer({ detail: 'data.status: 1–10' }, { status: 422, contentType: 'application/problem+json' }),
      { kind: 'refused', reason: 'data.status: 1–10' },
    ],
    [
      'mot-cua',
      'events',
      answer({ detail: 'Khóa' }, { status: 401, contentType: 'application/problem+json' }),
      { kind: 'busy' },
    ],
    ['mot-cua', 'events', answer({}, { status: 500 }), { kind: 'doubt' }],
    ['mot-cua', 'events', page(200, 'Đăng nhập'), { kind: 'doubt' }],
    ['bo-tu-phap', 'events', answer({ outcome: 'applied' }, { contentType: 'application/json' }), { kind: 'accepted' }],
  ])('%s, %s: %j', (agency, operation, said, meant) => {
    expect(meaning(agency, operation, said)).toMatchObject(meant);
  });
});
