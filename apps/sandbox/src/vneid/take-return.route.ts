import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';

import { isCaseCode } from '../lltp/check-application.js';
import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import { isDayMonthYear } from '../stand-in/real-dates.js';
import { textAt } from '../stand-in/text-at.js';
import type { Kept, VneidCases } from './cases.js';
import type { VneidWording } from './wording.js';

type Body = Record<string, unknown>;

const returnOperation = 'traKetQuaHoSoLLTP';

/** Flow d: a status, a result or its revocation comes back from the province. It never goes back from 9 or 10. */
export function takeReturns(
  app: FastifyInstance,
  { cases, faults, wording, path }: { cases: VneidCases; faults: Faults; wording: VneidWording; path: string },
): void {
  app.post(path, { config: { operation: returnOperation } }, (request, reply) => {
    const body = (request.body ?? {}) as Body;
    const code = textAt(body, 'maHoSoMCDT');
    const hash = itemHash(body);
    const revokes = body['type'] === 'thuhoi';
    const operation = revokes ? `${returnOperation}.thuhoi` : returnOperation;
    const refuse = (message: string): void => {
      cases.record(operation, code, hash, 'refused');
      void reply.send({ code: '01', message });
    };

    if (!isCaseCode(code)) return refuse(wording.badCode);
    const status = body['trangThaiXuLy'];
    if (!isStatus(status) || !wellFormed(body)) return refuse(wording.badData);
    const text = faults.refusal(returnOperation, code, body)?.text;
    if (text !== undefined) return refuse(text);

    const held = cases.get(code);
    if (held?.hashes.at(-1) === hash) {
      cases.record(operation, code, hash, 'repeat', { status: held.status });
      return void reply.send({ code: '00', message: wording.done });
    }
    const ahead = held !== undefined && (held.status === 10 || (held.status === 9 && status < 9));
    if (revokes ? held === undefined || held.status < 9 : ahead)
      return refuse(`${wording.ahead} ${String(body['tenTrangThaiXuLy'])}`);
    cases.record(operation, code, hash, 'applied', { status, kept: keptOf(body) });
    return void reply.send({ code: '00', message: wording.done });
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

function keptOf(body: Body): Kept {
  const result = body['ketQuaXuLy'] as Body | null | undefined;
  if (!result) return {};
  const bytes = Buffer.from(textAt(result, 'phieuLLTP'), 'base64');
  const record = { number: textAt(result, 'soPhieuLLTP'), sha256: createHash('sha256').update(bytes).digest('hex') };
  const decision = result['quyetDinhThuHoi'] as Body | null | undefined;
  return { record, ...(decision ? { revokedBy: textAt(decision, 'SoQuyetDinh') } : {}) };
}
