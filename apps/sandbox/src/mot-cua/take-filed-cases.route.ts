import type { FastifyInstance } from 'fastify';

import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { isDayMonthYear, isPartialDate, isStamp } from '../stand-in/real-dates.js';
import type { Secret } from '../stand-in/secrets.js';
import { textAt } from '../stand-in/text-at.js';
import type { CounterCases } from './cases.js';

type Members = Record<string, unknown>;

export interface FiledCasesDoor {
  cases: CounterCases;
  faults: Faults;
  codeGet: Secret;
  nextCode(): string;
}

/** Where the province is the server: VNeID files through flow a, the portal through its own form. Kept here, not yet passed on. */
export function takeFiledCases(app: FastifyInstance, door: FiledCasesDoor): void {
  const { cases } = door;
  const knows = (query: unknown): boolean => (query as Record<string, string>)['CodeGet'] === door.codeGet.read();

  app.get('/LLTP/LayMaHoSo', { config: { operation: 'LayMaHoSo' } }, (request, reply) =>
    knows(request.query)
      ? reply.type('application/json; charset=utf-8').send(JSON.stringify(door.nextCode()))
      : reply.code(401).send({ statusCode: '01', data: null, errorDetail: 'CodeGet không hợp lệ' }),
  );

  app.post('/LLTP/TaoHoSo', { config: { operation: 'TaoHoSo' } }, (request, reply) => {
    const answer = (statusCode: '00' | '01', errorDetail: string): void =>
      void reply.send({ statusCode, data: null, errorDetail });
    if (!knows(request.query)) return answer('01', 'CodeGet không hợp lệ');
    const body = (request.body ?? {}) as Members;
    const code = textAt(body, 'maHoSoMCDT');
    const hash = itemHash(body);
    const wrong = checkDeclared(body) ?? door.faults.refusal('TaoHoSo', code, body)?.text;
    const held = cases.get(code);
    if (wrong === undefined && (!held || held.status === 5)) {
      cases.record('TaoHoSo', code, hash, 'applied', { status: held ? 4 : 1 });
      return answer('00', '');
    }
    cases.record('TaoHoSo', code, hash, 'refused');
    return answer('01', wrong ?? 'Hồ sơ không ở trạng thái bổ sung, không thể thực hiện cập nhật');
  });

  app.post('/portal/TaoHoSo', { config: { operation: 'portal-TaoHoSo' } }, (request, reply) => {
    const body = (request.body ?? {}) as Members;
    const code = textAt(body, 'MaHoSo');
    const hash = itemHash(body);
    const answer = (error_code: number, text: string): void =>
      void reply.send({ error_code, message: `${code}| ${text}` });
    const wrong = checkFiled(body) ?? door.faults.refusal('portal-TaoHoSo', code, body)?.text;
    if (wrong !== undefined) {
      cases.record('portal-TaoHoSo', code, hash, 'refused');
      return answer(-1, wrong);
    }
    if (cases.get(code)) {
      cases.record('portal-TaoHoSo', code, hash, 'repeat');
      return answer(1, 'mã tham chiếu đã có');
    }
    cases.record('portal-TaoHoSo', code, hash, 'applied', { status: 1 });
    return answer(0, 'đã tạo hồ sơ');
  });
}

function checkDeclared(body: Members): string | undefined {
  for (const field of ['maTinh', 'tenTinh', 'maHoSoMCDT', 'ngayTiepNhan', 'tenNguonDangKy']) {
    if (typeof body[field] !== 'string' || body[field] === '') return `thiếu ${field}`;
  }
  if (body['nguonDangKy'] !== 1 && body['nguonDangKy'] !== 3) return 'nguonDangKy không đúng định dạng';
  if (!isDayMonthYear(body['ngayTiepNhan'] as string)) return 'ngayTiepNhan không đúng định dạng';
  const declared = body['toKhai'] as Members | undefined;
  if (declared === undefined || typeof declared !== 'object') return 'thiếu toKhai';
  for (const field of ['nycHoTen', 'nycSoGiayTo']) if (!declared[field]) return `thiếu ${field}`;
  if (declared['loaiPhieu'] !== 1 && declared['loaiPhieu'] !== 2) return 'loaiPhieu không đúng định dạng';
  if (!isPartialDate(String(declared['nycNgaySinh']))) return 'nycNgaySinh không đúng định dạng';
  if (declared['uyQuyen'] === 1 && !declared['thongTinUyQuyen']) return 'thiếu thongTinUyQuyen';
  for (const period of (declared['quaTrinhCTNNNLV'] ?? []) as Members[]) {
    for (const field of ['tuThangNam', 'denThangNam'])
      if (!isPartialDate(String(period[field]))) return `${field} không đúng định dạng`;
  }
  return undefined;
}

function checkFiled(body: Members): string | undefined {
  for (const field of ['MaHoSo', 'MaTTHC', 'NgayNopHoSo', 'TenThuongNhan']) if (!body[field]) return `thiếu ${field}`;
  return isStamp(String(body['NgayNopHoSo'])) ? undefined : 'NgayNopHoSo không đúng định dạng';
}
