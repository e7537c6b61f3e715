import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';

import { contractOf, outgoing, recordCase, sample, secrets, sending } from '../case.fixture.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { LltpFirstConnector } from './connector.js';

let lltp: ScriptedPartner;
let connector: LltpFirstConnector;
let tokens = 0;
const contract = () => contractOf('lltp-gen1', lltp.url);
const received = outgoing('received', recordCase);
const now = Date.parse('2024-08-25T02:00:00Z');

/** Gives a token to whoever asks, and answers everything else so. */
function answers(body: unknown, status = 200): void {
  lltp.answers((arrived, response, request) =>
    (arrived.path === '/token'
      ? json({ ...sample<object>('lltp-gen1/token.answer.json'), access_token: `token-${++tokens}` })
      : json(body, status))(arrived, response, request),
  );
}
const asked = () => lltp.arrived.filter(({ path }) => path !== '/token');
const context = () => sending(contract());

async function sent() {
  const mapped = await connector.prepare(received);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  const answer = await connector.send(mapped.prepared, received, context());
  return { answer, reply: classifyReply(answer, mapped.prepared.operation, contract().replies), mapped };
}
const lookUp = async () => {
  const mapped = await connector.prepare(received);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return connector.lookUp(mapped.prepared, received, context());
};

beforeEach(async () => {
  tokens = 0;
  lltp = await startPartner(json({}));
  answers(sample('lltp-gen1/nhanHoSoDangKy.success.json'));
  connector = new LltpFirstConnector(contract(), () => now);
});
afterEach(async () => {
  await connector.close();
  await lltp.stop();
});

describe('the first judicial-record interface', () => {
  it('gets the item behind a token that is fetched once, by Basic authorization', async () => {
    const { reply, mapped } = await sent();
    await sent();
    expect(reply).toEqual({ kind: 'accepted' });
    const [login, ...rest] = lltp.arrived;
    expect(login?.path).toBe('/token');
    expect(login?.headers['authorization']).toBe(
      `Basic ${Buffer.from(`tinh-mau:${secrets['LLTP_GEN1_SECRET']}`).toString('base64')}`,
    );
    expect(login?.body).toBe('grant_type=client_credentials');
    expect(rest.map(({ path }) => path)).toEqual(['/lltp/nhanHoSoDangKy', '/lltp/nhanHoSoDangKy']);
    expect(rest[0]?.headers['authorization']).toBe('Bearer token-1');
    expect(rest[0]?.json).toEqual(mapped.prepared.item);
  });

  it('whose token has ended says so, and the next request brings a new one', async () => {
    await sent();
    answers(sample('lltp-gen1/token-expired.inferred.json'), 401);
    expect((await sent()).reply).toEqual({ kind: 'session-expired' });
    answers(sample('lltp-gen1/nhanHoSoDangKy.success.json'));
    expect((await sent()).reply).toEqual({ kind: 'accepted' });
    expect(asked().at(-1)?.headers['authorization']).toBe('Bearer token-2');
  });

  it('tells a duplicate and a refusal by their texts', async () => {
    answers(sample('lltp-gen1/nhanHoSoDangKy.duplicate.inferred.json'));
    expect((await sent()).reply).toEqual({ kind: 'already-held' });
    answers(sample('lltp-gen1/nhanHoSoDangKy.refused.inferred.json'));
    expect((await sent()).reply).toEqual({ kind: 'refused', reason: 'Thiếu thông tin bắt buộc: residencePlace' });
  });

  it('holds what it can show, and doesn’t hold what it doesn’t find; anything else proves nothing', async () => {
    answers(sample('lltp-gen1/traTrangThaiHs.success.json'));
    expect(await lookUp()).toEqual({ kind: 'held' });
    expect(asked().at(-1)).toMatchObject({
      path: '/lltp/traTrangThaiHs',
      json: { ...sample('lltp-gen1/traTrangThaiHs.request.json'), idReceivedDec: recordCase.code },
    });
    answers({ STATUS: 0, DESCRIPTION: 'Không tìm thấy hồ sơ' });
    expect(await lookUp()).toEqual({ kind: 'not-held' });
    answers({ STATUS: 1, DESCRIPTION: '' });
    expect(await lookUp()).toEqual({ kind: 'unknown' });
    answers({ STATUS: 0, DESCRIPTION: 'Lỗi hệ thống' });
    expect(await lookUp()).toMatchObject({ kind: 'busy' });
  });

  it('is asked for one case', async () => {
    answers(sample('lltp-gen1/traTrangThaiHs.success.json'));
    expect(await connector.collect(recordCase.code, recordCase, context())).toEqual({
      kind: 'reported',
      reports: [
        {
          type: 'vn.lienthong.case.status-changed.v1',
          caseCode: recordCase.code,
          data: { status: 9, at: '2024-08-23T23:59:59+07:00', note: 'Hồ sơ đã có phiếu' },
          state: '9',
          files: [],
          came: sample('lltp-gen1/traTrangThaiHs.success.json'),
        },
      ],
    });
  });

  it('is asked for its list, and told what of it is taken', async () => {
    answers(sample('lltp-gen1/traDsTrangThaiHs.success.json'));
    const listed = await connector.collectList(undefined, context());
    expect(asked().at(-1)).toMatchObject({ path: '/lltp/traDsTrangThaiHs', json: { infoType: 2 } });
    expect(listed).toMatchObject({
      kind: 'page',
      more: false,
      reports: [
        { caseCode: '240812-0007', state: '4', data: { status: 4, at: '2024-08-25T09:00:00+07:00' } },
        { caseCode: '240812-0008', state: '9', data: { status: 9, at: '2024-08-23T23:59:59+07:00' } },
      ],
      acknowledge: sample('lltp-gen1/danhDauHsThanhCong.request.json'),
    });
    answers(sample('lltp-gen1/danhDauHsThanhCong.success.json'));
    if (listed.kind !== 'page') throw new Error(listed.kind);
    const answer = await connector.acknowledgeList(listed.acknowledge!, context());
    expect(asked().at(-1)).toMatchObject({ path: '/lltp/danhDauHsThanhCong', json: listed.acknowledge });
    expect(classifyReply(answer, 'anything', contract().replies)).toEqual({ kind: 'accepted' });
  });

  it('leaves out no row of a list, however strange', async () => {
    answers({ STATUS: 1, LISTCONTENT: [{ DECLARATION_ID: 7, DEC_STATUS_ID: 12 }, null, { DECLARATION_ID: '8;9' }] });
    const listed = await connector.collectList(undefined, context());
    expect(listed).toMatchObject({
      reports: [
        { caseCode: '', data: { status: '12' } },
        { caseCode: '', data: { status: '' } },
        { caseCode: '', data: { status: '' } },
      ],
      acknowledge: { declarationId: '7' },
    });
    answers({ STATUS: 1, LISTCONTENT: [] });
    expect(await connector.collectList(undefined, context())).toEqual({ kind: 'page', reports: [], more: false });
    answers({ STATUS: 1 });
    expect(await connector.collectList(undefined, context())).toMatchObject({ kind: 'busy' });
  });

  it('is refused where its file lacks a table or has one that nobody reads', () => {
    const { sex: _, ...rest } = contract().codeTables!;
    expect(() => new LltpFirstConnector({ ...contract(), codeTables: rest })).toThrow('needs codeTables.sex');
    const strange = { ...contract().codeTables, colour: rest['status']! };
    expect(() => new LltpFirstConnector({ ...contract(), codeTables: strange })).toThrow('knows no codeTables.colour');
    const settings = { ...contract().settings, formSuffix: 'Forms' };
    expect(() => new LltpFirstConnector({ ...contract(), settings })).toThrow('settings.formSuffix is WSForm or Form');
  });
});
