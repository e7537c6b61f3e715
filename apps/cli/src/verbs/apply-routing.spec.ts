import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyAgency } from '#ledger';
import type { AgencyFile } from '#wire';
import { ContractWorld } from '../testing/contract-world.js';

const oneStop = (id: string): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'H99',
      protocol: 'feed',
      receives: [{ procedures: ['*'], cases: 'routed', events: ['case.received'] }],
      sends: ['case.received'],
      limits: { inFlight: 1, timeout: '1s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [{ when: { status: '2xx' }, means: 'accepted' }],
      onDuplicate: 'refuse',
    },
  ],
});
const units = `apiVersion: lienthong/v1
kind: Units
units:
  - { code: H99, name: Tỉnh Mẫu, level: province, agency: tinh, validFrom: 2018-01-01 }
  - code: H99.1
    name: Huyện Mẫu
    level: district
    within: H99
    agency: huyen
    validFrom: 2018-01-01
    validUntil: 2025-06-30
    succeededBy: [{ unit: H99 }]
`;
const routes = `apiVersion: lienthong/v1
kind: Routes
routes:
  - procedure: '2.000575'
    versions:
      - validFrom: 2018-01-01
        form: two-level
        steps:
          - { at: district, work: { vi: nhận, en: receive }, share: 0.25 }
          - { at: province, work: { vi: cấp, en: issue }, share: 0.75 }
`;

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
  for (const id of ['tinh', 'huyen']) await applyAgency(world.db, oneStop(id));
});
afterAll(() => world.end());
beforeEach(() =>
  world.db.pool.query('truncate routing_history, streams, aliases, event_ids, events, outbox, plan_cursor'),
);

const folder = (unitsText = units, routesText = routes): string => {
  const at = join(world.folder, 'province');
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'units.yaml'), unitsText);
  writeFileSync(join(at, 'routes.yaml'), routesText);
  return at;
};
const serials = async (): Promise<string[]> =>
  (await world.db.pool.query<{ s: string }>(`select kind || ' ' || serial as s from routing_history order by 1`)).rows.map(({ s }) => s); // prettier-ignore

describe('units and routes', () => {
  it('are applied together, kept as serials, and again they change nothing; an earlier one comes back as a new serial', async () => {
    expect(await world.typed(`route apply ${folder()} --note một`)).toMatchObject({
      code: 0,
      out: '✓ đơn vị · units: lần áp dụng · serial 1\n✓ tuyến · routes: lần áp dụng · serial 1\n',
    });
    expect((await world.typed(`route apply ${folder()}`)).out).toMatch(/^= đơn vị.*\n= tuyến/);
    await world.typed(`route apply ${folder(units.replace('Huyện Mẫu', 'Thị xã Mẫu'))}`);
    expect(await serials()).toEqual(['Routes 1', 'Units 1', 'Units 2']);
    expect((await world.typed('unit ls --on 2025-06-30')).out).toContain('H99.1  Thị xã Mẫu  district');
    expect(await world.typed('route rollback units --to 1 --reason nhầm')).toMatchObject({ code: 0 });
    expect((await world.typed('unit ls --on 2025-07-01')).out).toContain('H99.1 (đã kết thúc · ended)  Huyện Mẫu');
    expect((await world.typed('route history')).out).toMatch(/Units {3}3 .*lan {2}như lần · as serial 1; nhầm/);
  });

  it.each<[string, string, string, string]>([
    ['a share too many', units, routes.replace('0.75', '0.8'), 'routes.yaml:8:9: /routes/0/versions/0/steps các phần cộng lại không đúng'],
    ['a unit that isn’t there', units, routes.replace('at: province', 'at: H98'), 'routes.yaml:10:19: /routes/0/versions/0/steps/1/at không có đơn vị này'],
    ['a cycle', units.replace('[{ unit: H99 }]', '[{ unit: H99.1 }]'), routes, 'units.yaml:12:27: /units/1/succeededBy/0/unit kế thừa vòng quanh'],
    ['an agency that isn’t connected', units.replace('huyen', 'xa'), routes, 'units.yaml:9:13: /units/1/agency không có cơ quan này'],
    ['a member that nobody reads', units.replace('name: Huyện', 'tên: Huyện'), routes, 'units.yaml:6:5: /units/1/tên không ai đọc mục này'],
    ['a step that no system serves', units.replace('agency: tinh, ', ''), routes, 'routes.yaml:10:19: /routes/0/versions/0/steps/1/at không hệ thống nào phục vụ'],
    ['two versions of one day', units, routes + routes.slice(routes.indexOf('      - validFrom')), 'routes.yaml:11:20: /routes/0/versions/1/validFrom trùng ngày'],
  ])('with %s are refused with line and column, and nothing changes', async (_, unitsText, routesText, said) => {
    await world.typed(`route apply ${folder()}`);
    const { code, err } = await world.typed(`route apply ${folder(unitsText, routesText)}`);
    expect(code).toBe(1);
    expect(err).toContain(said);
    expect(await serials()).toEqual(['Routes 1', 'Units 1']);
  }); // prettier-ignore

  it('that would break the routes in force are refused, too; and no unit may leave open cases without a successor', async () => {
    const at = folder();
    await world.typed(`route apply ${at}`);
    const alone = world.file(units.slice(0, units.indexOf('  - code: H99.1')), 'units-alone.yaml');
    const { code, err } = await world.typed(`route apply ${alone}`);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('Routes đang có · in force: /routes/0/versions/0/steps/0/at'),
    ]);
    await world.enters({
      sender: 'huyen', key: 'k', type: 'vn.lienthong.case.received.v1', caseCode: 'H99.1-250620-0001', data: { receivedAt: '2025-06-20T08:00:00+07:00' }, status: 2,
      opens: { procedure: '2.000575', openedOn: '2025-06-20', dueAt: '2025-06-24T08:00:00+07:00', unit: 'H99.1' },
    }); // prettier-ignore
    const left = world.file(units.replace(/ +succeededBy.*\n/, ''), 'units-left.yaml');
    expect((await world.typed(`route apply ${left}`)).err).toContain('units-left.yaml:11:17: /units/1/validUntil còn thiếu mục kia · needs that member [needs:succeededBy] (1)'); // prettier-ignore
  });

  it('`route show` says each step’s unit on a day, its due time and why; no route ends with 1', async () => {
    await world.typed(`route apply ${folder()}`);
    const opens = { openedOn: '2025-06-20', dueAt: '2025-06-24T08:00:00+07:00', unit: 'H99.1' };
    const item = { sender: 'huyen', type: 'vn.lienthong.case.received.v1' as const, data: { receivedAt: '2025-06-20T08:00:00+07:00', applicant: 'Mẫu Đơn' }, status: 2 as const }; // prettier-ignore
    await world.enters(
      { ...item, key: 'a', caseCode: 'A', opens: { ...opens, procedure: '2.000575' } },
      { ...item, key: 'b', caseCode: 'B', opens: { ...opens, procedure: '9.999999' } },
    );
    const { code, out } = await world.typed('route show A --on 2025-07-01');
    expect(code).toBe(0);
    expect(out).toContain('H99.1 đến · until 2025-06-30 → H99');
    expect(out).toContain('21/06/2025 08:00:00');
    expect(out).not.toContain('Mẫu Đơn');
    expect(JSON.parse((await world.typed('route show A --on 2025-06-30 --json')).out)).toMatchObject({
      unit: 'H99.1',
      steps: [
        { agency: 'huyen', share: 0.25, standsHere: true },
        { agency: 'tinh', dueAt: '2025-06-24T01:00:00.000Z' },
      ],
    });
    expect(await world.typed('route show B')).toMatchObject({
      code: 1,
      out: expect.stringContaining('không có tuyến'),
    });
    expect(await world.typed('route show C')).toMatchObject({ code: 1 });
  });
});
