import type { FastifyInstance } from 'fastify';

import { showResult } from './show-result.js';
import type { LltpParts } from './take-application.route.js';

/** Flow c: one case a request. Reading changes nothing, so it isn't booked. */
export function answerPolls(app: FastifyInstance, parts: LltpParts): void {
  app.post(parts.paths.poll, { config: { operation: 'ket-qua' } }, (request, reply) => {
    const { authKey, maTinh, maHoSoMCDT } = (request.body ?? {}) as Record<string, unknown>;
    const no = (statusDescription: string): void => void reply.send({ status: 0, statusDescription, value: [] });
    if (authKey !== parts.key.read()) return no(parts.wording.badKey);
    const held = typeof maHoSoMCDT === 'string' ? parts.cases.get(maHoSoMCDT) : undefined;
    if (!held || (held.maTinh !== '' && held.maTinh !== maTinh)) return no(parts.wording.unknownCase);
    return void reply.send({
      status: 1,
      statusDescription: held.reason ?? '',
      value: [{ maHoSoMCDT: held.code, trangThaiXuLy: held.status, ketQuaXuLy: showResult(held, parts.wording) }],
    });
  });
}
