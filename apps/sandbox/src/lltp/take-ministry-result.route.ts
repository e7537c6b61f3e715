import type { FastifyInstance } from 'fastify';

import { itemHash } from '../stand-in/item-hash.js';
import { isDayMonthYear } from '../stand-in/real-dates.js';
import { textAt } from '../stand-in/text-at.js';
import { isCaseCode } from './check-application.js';
import type { LltpParts } from './take-application.route.js';

type Body = Record<string, unknown>;

const operation = 'traKetQuaHoSoLLTP';

/** Flow d, the ministry's side: a status or a result comes back from the province. It never goes back from 9 or 10. */
export function takeMinistryResults(app: FastifyInstance, parts: LltpParts): void {
  const { cases, record, wording } = parts;

  app.post('/v2/lyLichTuPhap/traKetQuaHoSoLLTP', { config: { operation } }, (request, reply) => {
    const body = (request.body ?? {}) as Body;
    const code = textAt(body, 'maHoSoMCDT');
    const hash = itemHash(body);
    const refuse = (message: string): void => {
      record.arrived(operation, code, hash, 'refused');
      void reply.send({ code: '01', message });
    };

    if (!isCaseCode(code)) return refuse(wording.ministryBadCode);
    const status = body['trangThaiXuLy'];
    if (!isStatus(status) || !wellFormed(body)) return refuse(wording.ministryBadData);
    const text = parts.faults.refusal(operation, code, body)?.text;
    if (text !== undefined) return refuse(text);

    const held = cases.atMinistry(code);
    if (held?.hash === hash) {
      record.arrived(operation, code, hash, 'repeat', { status: held.status });
      return void reply.send({ code: '00', message: wording.ministryDone });
    }
    const revokes = body['type'] === 'thuhoi';
    const ahead = held !== undefined && (held.status === 10 || (held.status === 9 && status < 9));
    if (revokes ? held === undefined || held.status < 9 : ahead)
      return refuse(`${wording.ministryAhead} ${String(body['tenTrangThaiXuLy'])}`);
    record.arrived(operation, code, hash, 'applied', { status });
    return void reply.send({ code: '00', message: wording.ministryDone });
  });
}

const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10;

function wellFormed(body: Body): boolean {
  const due = body['ngayHenTraKetQua'];
  const result = body['ketQuaXuLy'] as Body | null | undefined;
  const revokes = body['type'] === 'thuhoi';
  if (!revokes && body['type'] !== 'ketqua') return false;
  if (due !== null && (typeof due !== 'string' || !isDayMonthYear(due))) return false;
  const reason = body['lyDoTuChoi'];
  if ((body['trangThaiXuLy'] === 3 || body['trangThaiXuLy'] === 5) && !reason) return false;
  const needsResult = revokes || body['trangThaiXuLy'] === 9;
  return (
    (!needsResult || (result !== null && typeof result === 'object')) &&
    (!revokes || Boolean(result?.['quyetDinhThuHoi']))
  );
}
