import { otherCase } from '../../journeys/cases.js';
import { eventually } from '../../../libs/wire/src/testing/eventually.js';
import type { Field } from '../field.js';
import { bookAgrees } from '../judge.js';
import { outward } from '../outward.js';
import type { Counted, System } from '../system.js';
import type { Members } from '../world.js';

const AGENCY = 'bo-noi-vu';
const wrongOwner = 'CHỦ HỒ SƠ SAI';
let serial = 0;

const newCase = (more: Members = {}): Members => ({
  ...otherCase(`H49.30-260609-${String(++serial).padStart(4, '0')}`),
  procedure: { code: '1.014201', name: 'Thủ tục mẫu' },
  submittedAt: '2026-06-09T08:00:00+07:00',
  receivedAt: '2026-06-09T08:30:00+07:00',
  dueAt: '2026-06-16T17:00:00+07:00',
  ...more,
});

/** The codes that the ministry gave: the hub's note is only how to find a case in the ministry's book. */
async function codesThere(world: Field, codes: readonly string[]): Promise<string[]> {
  return eventually(async () => {
    const given = await world.hub.rows<{ code: string; issued: string }>(
      `select a.code, s.result->>'value' as issued from delivery_steps s join aliases a using (stream_id)
       where a.code = any($1) and s.agency_id = $2 and s.step = 'GetNextValue'`,
      [codes, AGENCY],
    );
    const byCode = new Map(given.map(({ code, issued }) => [code, issued]));
    return codes.map((code) => {
      const issued = byCode.get(code);
      if (issued === undefined) throw new Error(`${code} has no code of the ministry`);
      return issued;
    });
  }, world.patienceMs);
}

async function reconciledThere(world: Field): Promise<Counted> {
  const book = async (): Promise<string[]> =>
    (await world.partner(AGENCY).applied()).filter(({ operation }) => operation === 'NoiHoSo').map(({ code }) => code);
  return bookAgrees(world, AGENCY, world.due.get(AGENCY) ?? [], book);
}

export const ministryCentral: System<Field> = {
  id: 'bo-noi-vu',
  what: { vi: 'Hệ thống giải quyết TTHC tập trung của bộ', en: 'a ministry’s central case system' },
  protocol: 'ministry-central',
  file: 'deploy/provinces/demo/agencies-more/bo-noi-vu.yaml',
  agency: AGENCY,
  steps: [
    ...outward<Field>({
      agency: AGENCY,
      counter: (world) => world.counter,
      newCase,
      operation: 'NoiHoSo',
      badCase: () => newCase({ applicant: { name: wrongOwner, kind: 'citizen', idNumber: '079200000123' } }),
      rule: { path: 'ChuHoSo', equals: wrongOwner, text: 'Chủ hồ sơ không hợp lệ' },
      codesThere,
    }),
    {
      kind: 'reconciled',
      direction: 'out',
      what: 'cả sổ của nó với mọi hồ sơ đã vào · its whole book and all that was entered',
      run: reconciledThere,
    },
  ],
  without: {
    'change-of-direction':
      'không nguồn nào nói nó báo về tỉnh ra sao (`sends: []`) · no source says how it would notify a province',
  },
};
