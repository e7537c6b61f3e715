import { judicialRecordCase, nextCode } from '../../journeys/cases.js';
import type { Field } from '../field.js';
import { firstInterfaceProcedure } from '../field-files.js';
import { eachOnce, reconciled } from '../judge.js';
import { outward, type Taking } from '../outward.js';
import type { Counted, System } from '../system.js';
import { bookFromNow, type Members } from '../world.js';

const wrongName = 'SAI HỌ TÊN';
const words = 'Họ tên không khớp cơ sở dữ liệu';

const secondCase = (): Members => judicialRecordCase(nextCode());
const firstCase = (): Members => ({
  ...secondCase(),
  procedure: { code: firstInterfaceProcedure, name: 'Cấp Phiếu lý lịch tư pháp' },
});
const named = (entered: Members): Members => ({
  ...entered,
  declaration: { ...(entered.declaration as Members), name: wrongName },
});

/** Both interfaces: cases go out, and what the office decides comes back to the counter. */
const taking = (agency: string, operation: string, path: string, newCase: () => Members): Taking<Field> => ({
  agency,
  counter: (world) => world.partner('mot-cua'),
  newCase,
  operation,
  badCase: () => named(newCase()),
  rule: { path, equals: wrongName, text: words },
});

const comesBack =
  (agency: string, newCase: () => Members, decide: (world: Field, code: string) => Promise<unknown>, type: string) =>
  async (world: Field, n: number): Promise<Counted> => {
    const counter = world.partner('mot-cua');
    const brought = await bookFromNow(world.partner(agency));
    const told = await bookFromNow(counter, ({ operation }) => operation.split('.')[3] === type);
    const codes = await world.enter(counter, Array.from({ length: n }, newCase));
    await eachOnce(world, codes, brought);
    for (const code of codes) await decide(world, code);
    return eachOnce(world, codes, told);
  };

export const secondInterface: System<Field> = {
  id: 'lltp-gen2',
  what: { vi: 'LLTP, giao diện thứ hai (luồng b, c)', en: 'judicial records, second interface (flows b, c)' },
  protocol: 'lltp-gen2',
  file: 'deploy/provinces/uong-bi-2021/agencies/lltp.yaml',
  agency: 'lltp',
  steps: [
    ...outward(taking('lltp', 'gui-ho-so', 'toKhai.nycHoTen', secondCase)),
    {
      kind: 'change-of-direction',
      direction: 'in',
      what: 'Phiếu đã cấp (`ket-qua`) trong sổ của một cửa · the record reaches the counter',
      run: comesBack(
        'lltp',
        secondCase,
        (world, code) => world.partner('lltp').ask('POST', `/cases/${code}/result`, {}),
        'result-issued',
      ),
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'lltp') },
  ],
  without: {},
};

export const firstInterface: System<Field> = {
  id: 'lltp-gen1',
  what: {
    vi: 'LLTP, giao diện thứ nhất (danh sách phải báo đã nhận)',
    en: 'judicial records, first interface (list, acknowledged)',
  },
  protocol: 'lltp-gen1',
  file: 'deploy/provinces/demo/agencies/lltp.yaml',
  agency: 'lltp-gen1',
  steps: [
    ...outward(taking('lltp-gen1', 'nhanHoSoDangKy', 'declarationWSForm.fullName', firstCase)),
    {
      kind: 'change-of-direction',
      direction: 'in',
      what: 'trạng thái trong danh sách, tới sổ của một cửa · a listed status reaches the counter',
      run: comesBack(
        'lltp-gen1',
        firstCase,
        (world, code) => world.partner('lltp-gen1').ask('POST', `/cases/${code}/status`, { status: 4 }),
        'status-changed',
      ),
    },
    { kind: 'reconciled', direction: 'out', what: '`reconcile run`', run: (world) => reconciled(world, 'lltp-gen1') },
  ],
  without: {},
};
