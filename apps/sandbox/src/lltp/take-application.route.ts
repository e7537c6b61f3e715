import type { FastifyInstance } from 'fastify';

import type { Faults } from '../stand-in/faults.js';
import { itemHash } from '../stand-in/item-hash.js';
import type { Secret } from '../stand-in/secrets.js';
import { nameOf, textAt } from '../stand-in/text-at.js';
import type { Kept, LltpCases, LltpRecorder } from './cases.js';
import { checkApplication } from './check-application.js';
import type { ProcessCases } from './process-cases.schedule.js';
import type { LltpWording } from './wording.js';

type Body = Record<string, unknown>;

export interface LltpParts {
  cases: LltpCases;
  record: LltpRecorder;
  process: ProcessCases;
  faults: Faults;
  wording: LltpWording;
  key: Secret;
  paths: { apply: string; poll: string };
}

const operation = 'gui-ho-so';

/** Flow b. Every answer has HTTP 200 and the four texts; a case is taken again only while it waits for a supplement. */
export function takeApplications(app: FastifyInstance, parts: LltpParts): void {
  const { cases, record, faults, wording } = parts;
  const answer = (status: '1' | '0', statusDescription: string, errorCode = '', errorDescription = '') => ({
    status,
    statusDescription,
    errorCode,
    errorDescription,
  });

  app.post(parts.paths.apply, { config: { operation } }, (request, reply) => {
    const { authKey, ...application } = (request.body ?? {}) as Body;
    if (authKey !== parts.key.read())
      return void reply.send(answer('0', wording.badKey, wording.badKeyCode, 'authKey'));
    const code = textAt(application, 'maHoSoMCDT');
    const hash = itemHash(application);
    const wrong = checkApplication(application) ?? faults.refusal(operation, code, application)?.text;
    if (wrong !== undefined) {
      record.arrived(operation, code, hash, 'refused');
      return void reply.send(answer('0', wording.refused, wording.refusedCode, wrong));
    }

    const held = cases.get(code);
    if (held && held.status !== 5) {
      record.arrived(operation, code, hash, held.hashes.includes(hash) ? 'repeat' : 'refused', { status: held.status });
      return void reply.send(answer('0', wording.duplicate));
    }
    record.arrived(operation, code, hash, 'applied', { status: held ? 4 : 2, kept: keep(application) });
    const taken = cases.get(code);
    if (taken) parts.process.expect(taken);
    return void reply.send(answer('1', wording.accepted));
  });
}

function keep(application: Body): Kept {
  const declaration = application['toKhai'] as Record<string, string | undefined>;
  return {
    maTinh: String(application['maTinh']),
    ngayTiepNhan: String(application['ngayTiepNhan']),
    loaiPhieu: declaration['loaiPhieu'] ?? '',
    yeuCauCDNCV: declaration['yeuCauCDNCV'] ?? '',
    ngayHenTra: declaration['ngayHenTra'] ?? '',
    procedure: textAt(application, 'maTTHC') || null,
    applicantName: nameOf(textAt(declaration, 'nycHoTen')),
    applicantId: textAt(declaration, 'nycSoGiayTo') || null,
  };
}
