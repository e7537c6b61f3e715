import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { procedureContract, sample, sending } from '../case.fixture.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { NewProceduresConnector } from './connector.js';

let partner: ScriptedPartner;
let connector: NewProceduresConnector;

const contract = () => procedureContract(1, partner.url);
const pull = () => connector.pullCatalogue(sending(contract(), { timeoutMs: 3_000 }));
const item = (n: number, more: object = {}) => ({ id: `id-${n}`, code: `1.00000${n}`, name: `Thủ tục ${n}`, ...more });
const page = (items: object[], lastId: string, total?: number) =>
  json({ code: 'OK', data: { items, lastId, total }, message: '' }, 201);
const rejected: Answer = (_arrived, response) =>
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<html><head><title>Request Rejected</title></head></html>');
/** One answer after another, the last again and again. */
function inTurn(...answers: Answer[]): void {
  let n = 0;
  partner.answers((...args) => answers[Math.min(n++, answers.length - 1)]!(...args));
}
const cursors = () => partner.arrived.map(({ json: body }) => body['lastId']);

beforeEach(async () => {
  partner = await startPartner(json({}));
  connector = new NewProceduresConnector(contract());
});
afterEach(async () => {
  await connector.close();
  await partner.stop();
});

describe('the catalogue of 2026', () => {
  it('asks as the sample does, and goes on from page to page until the cursor stays', async () => {
    inTurn(
      json(sample('procedure-database/v2026-list.success.http201.json'), 201),
      json(sample('procedure-database/v2026-list.last.http201.json'), 201),
    );
    expect(await pull()).toEqual({
      kind: 'whole',
      said: 1,
      unread: 0,
      procedures: [
        {
          code: '3.000333',
          name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam',
          rawName: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam',
          key: '00000000-0000-7000-8000-000000000001',
          facts: {
            executing: [{ code: 'G01', name: 'Bộ Công an' }],
            fields: [{ name: 'Lý lịch tư pháp' }],
            type: 'STANDARD',
          },
          raw: sample<{ data: { items: object[] } }>('procedure-database/v2026-list.success.http201.json').data
            .items[0],
        },
      ],
    });
    expect(partner.arrived[0]!.json).toEqual(sample('procedure-database/v2026-list.request.json'));
    expect(cursors()).toEqual(['', '00000000-0000-7000-8000-000000000001']);
  });

  it('ends at an empty cursor, too', async () => {
    inTurn(page([item(1)], 'id-1', 2), page([item(2)], '', 2));
    expect(await pull()).toMatchObject({
      kind: 'whole',
      said: 2,
      procedures: [{ code: '1.000001' }, { code: '1.000002' }],
    });
    expect(partner.arrived).toHaveLength(2);
  });

  it('takes what two pages both have once, and cleans names but keeps them as they came', async () => {
    inTurn(page([item(1), item(2)], 'id-2', 3), page([item(2, { name: 'Đổi tên \n' }), item(3)], '', 3));
    expect(await pull()).toMatchObject({
      procedures: [
        { code: '1.000001' },
        { code: '1.000002', name: 'Đổi tên', rawName: 'Đổi tên \n' },
        { code: '1.000003' },
      ],
    });
  });

  it('never ends where its cursor goes in a circle: nothing is taken', async () => {
    inTurn(page([item(1)], 'id-1'), page([item(2)], 'id-2'), page([item(1)], 'id-1'));
    expect(await pull()).toEqual({ kind: 'busy', reason: 'its cursor goes in a circle' });
  });

  it('asks past a firewall’s page, of either status, for the same page', async () => {
    const forbidden: Answer = (_arrived, response) =>
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Request Rejected</html>');
    inTurn(page([item(1)], 'id-1', 2), rejected, forbidden, page([item(2)], '', 2));
    expect(await pull()).toMatchObject({ kind: 'whole', procedures: [{}, {}] });
    expect(cursors()).toEqual(['', 'id-1', 'id-1', 'id-1']);
  });

  it('gives the pull up where the firewall stays, whatever had come', async () => {
    inTurn(page([item(1)], 'id-1', 2), rejected);
    expect(await pull()).toMatchObject({ kind: 'busy' });
    expect(cursors()).toHaveLength(5);
  });

  it('begins once more where the total changes on the way, and says the larger one', async () => {
    inTurn(
      page([item(1)], 'id-1', 2),
      page([item(2)], '', 3),
      page([item(1)], 'id-1', 3),
      page([item(2), item(3)], '', 3),
    );
    expect(await pull()).toMatchObject({ kind: 'whole', said: 3, procedures: [{}, {}, {}] });
    partner.arrived.length = 0;
    inTurn(
      ...[page([item(1)], 'id-1', 2), page([item(2)], '', 3)],
      ...[page([item(1)], 'id-1', 4), page([item(2)], '', 5)],
    );
    expect(await pull()).toMatchObject({ kind: 'whole', said: 5, procedures: [{}, {}] });
    expect(partner.arrived).toHaveLength(4);
  });

  it('reads a detail: level, channels, term; of another procedure it takes nothing', async () => {
    const ask = (key: string) => connector.askProcedure(key, sending(contract(), { timeoutMs: 3_000 }));
    inTurn(json(sample('procedure-database/v2026-detail.success.http201.json'), 201));
    expect(await ask('00000000-0000-7000-8000-000000000001')).toMatchObject({
      kind: 'detail',
      facts: {
        levels: ['Cấp Tỉnh'],
        channels: ['counter', 'online'],
        terms: [{ channel: 'counter+online', amount: 10, unit: 'DAY' }],
        type: 'STANDARD',
      },
    });
    expect(await ask('another')).toMatchObject({ kind: 'busy' });
    inTurn(json({ code: 'OK', data: null }, 201));
    expect(await ask('none')).toEqual({ kind: 'unknown' });
  });
});
