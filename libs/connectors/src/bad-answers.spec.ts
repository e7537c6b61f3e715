import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';
import type { ContractVersion, Protocol, TokenLogin } from '#wire';

import {
  contractOf,
  holdingPdf,
  procedureContract,
  outgoing,
  portalCase,
  recordCase,
  sending,
} from './case.fixture.js';
import { connectorFor } from './connector-for.js';
import type { CatalogueAnswer, OutgoingEvent, Steps } from './connector.js';
import { playedSteps } from './ministry-central/steps.fixture.js';
import { json, startPartner, type Answer, type ScriptedPartner } from './testing/partner.js';
import { webhookContract } from './webhook/contract.fixture.js';
import { passing, passThrough } from './pass-through.fixture.js';

let partner: ScriptedPartner;

beforeEach(async () => {
  partner = await startPartner(json({}));
});
afterEach(() => partner.stop());

interface Spoken {
  contract: () => ContractVersion;
  event: OutgoingEvent;
  /** An answer that this protocol takes for success. */
  success: object;
  /** Where it names the case. */
  member: string;
  steps?: Steps;
}

/** These carry no cases: what a bad answer does to a catalogue is below. */
const catalogues: Record<
  Extract<Protocol, `procedures-${string}`>,
  { version: number; success: object; status: number }
> = {
  'procedures-portal': {
    version: 0,
    success: { error_code: '0', result: [{ MATTHC: '1.001193', TENTTHC: 'Khai sinh' }] },
    status: 200,
  },
  'procedures-2026': {
    version: 1,
    success: { code: 'OK', data: { items: [{ id: 'a', code: '1.001193', name: 'Khai sinh' }], lastId: '', total: 1 } },
    status: 201,
  },
};

const protocols: Record<Exclude<Protocol, 'topic' | 'feed' | keyof typeof catalogues>, Spoken> = {
  http: {
    contract: () => ({
      ...passThrough(partner.url),
      protocol: 'http',
      operations: {
        create: { events: ['case.received'], item: { soHoSo: { from: 'code' } }, names: { soHoSo: { from: 'code' } } },
      },
    }),
    event: outgoing('received', recordCase),
    success: { accepted: true },
    member: 'soHoSo',
  },
  'http-json': {
    contract: () => passThrough(partner.url),
    event: passing(1),
    success: { accepted: true },
    member: 'caseCode',
  },
  'lltp-gen1': {
    contract: () => {
      const contract = contractOf('lltp-gen1', partner.url);
      const login = { ...contract.endpoint!.login, path: '/login', at: 'session' } as TokenLogin;
      return { ...contract, endpoint: { baseUrl: partner.url, login } };
    },
    event: outgoing('received', recordCase),
    success: { STATUS: 1, DESCRIPTION: 'Tiếp nhận hồ sơ thành công', ID: 'ENC' },
    member: 'RECEIVE_NO',
  },
  'lltp-gen2': {
    contract: () => contractOf('lltp', partner.url),
    event: outgoing('received', recordCase),
    success: { status: '1', statusDescription: 'Gửi thông tin thành công' },
    member: 'maHoSoMCDT',
  },
  'lltp-vneid': {
    contract: () => contractOf('vneid', partner.url),
    event: outgoing('status-changed', recordCase, { data: { status: 4, at: '2024-11-13T09:00:00+07:00' } }),
    success: { code: '00', message: 'Thành công' },
    member: 'maHoSoMCDT',
  },
  'national-portal': {
    contract: () => contractOf('cong-dvc', partner.url),
    event: outgoing('received', portalCase),
    success: { error_code: '0', message: 'Đồng bộ thành công' },
    member: 'MAHOSO',
  },
  'ministry-central': {
    contract: () => {
      const contract = contractOf('bo-noi-vu', partner.url);
      const login = { ...contract.endpoint!.login, path: '/login', at: 'session' } as TokenLogin;
      return { ...contract, endpoint: { baseUrl: partner.url, login } };
    },
    event: outgoing('status-changed', portalCase, { data: { status: 4, at: '2025-08-13T09:00:00+07:00' } }),
    success: { code: 200, message: 'Thành công', data: null },
    member: 'maHoSo',
    // Its last call is the one that is left.
    steps: playedSteps({ NoiHoSo: { idHoSo: 'HS-1', caseCode: portalCase.code }, CapNhatTienTrinh: {} }),
  },
  'one-stop': {
    contract: () => contractOf('mot-cua', partner.url),
    event: outgoing('status-changed', recordCase, { data: { status: 4, at: '2024-11-13T09:00:00+07:00' } }),
    success: { outcome: 'applied' },
    member: 'caseCode',
  },
  webhook: {
    contract: () => webhookContract(partner.url),
    event: outgoing('received', recordCase),
    success: { outcome: 'applied' },
    member: 'caseCode',
  },
};

/** What the lane hears of an event that was sent to a partner that answers so. */
async function hears({ contract, event, steps }: Spoken, answer: Answer) {
  // Whoever wants to log in may.
  partner.answers((arrived, response, request) =>
    (arrived.path === '/login' ? json({ session: 'S1', error_code: 0 }) : answer)(arrived, response, request),
  );
  const agreed = contract();
  const connector = connectorFor(agreed.protocol, {
    agency: 'partner',
    contract: agreed,
    publish: () => Promise.resolve(),
    append: () => Promise.resolve([]),
  });
  const mapped = await connector.prepare(event, agreed, holdingPdf);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  const said = await connector.send(
    mapped.prepared,
    event,
    sending(agreed, { timeoutMs: 2_000, ...(steps && { steps }) }),
  );
  await connector.close();
  if (said.kind === 'unmade') throw new Error(said.reason);
  return classifyReply(said, mapped.prepared.operation, agreed.replies);
}

describe.each(Object.entries(protocols))('%s', (_, spoken) => {
  it('takes its success for success', async () => {
    expect(await hears(spoken, json(spoken.success))).toEqual({ kind: 'accepted' });
    const named = { ...spoken.success, [spoken.member]: spoken.event.caseCode };
    expect(await hears(spoken, json(named))).toEqual({ kind: 'accepted' });
  });

  it('takes an answer for another case for doubt, however successful', async () => {
    const named = { ...spoken.success, [spoken.member]: 'H99-240101-0001' };
    expect(await hears(spoken, json(named))).toEqual({ kind: 'doubt', reason: 'the answer is for another case' });
    const rows = { ...spoken.success, result: [{ [spoken.member]: 'H99-240101-0001' }] };
    expect(await hears(spoken, json(rows))).toMatchObject({ kind: 'doubt' });
  });

  it('takes a reply that no rule knows for doubt', async () => {
    expect(await hears(spoken, json({ nobody: 'knows this' }, 418))).toEqual({
      kind: 'doubt',
      answered: true,
      reason: expect.stringContaining('unrecognised answer (HTTP 418, application/json'),
    });
  });

  it('follows no redirect, and takes none for success whatever it says', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const before = partner.arrived.filter(({ path }) => path !== '/login').length;
      const reply = await hears(spoken, (_arrived, response) =>
        response
          .writeHead(status, { location: `${partner.url}/elsewhere`, 'content-type': 'application/json' })
          .end(JSON.stringify(spoken.success)),
      );
      expect(reply).toEqual({ kind: 'doubt', answered: true, reason: `redirected, not followed (HTTP ${status})` });
      expect(partner.arrived.filter(({ path }) => path !== '/login')).toHaveLength(before + 1);
    }
  });

  it('takes a broken answer for doubt', async () => {
    const reply = await hears(spoken, (_arrived, response, request) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' });
      response.write(JSON.stringify(spoken.success), () => request.socket.destroy());
    });
    expect(reply).toMatchObject({ kind: 'doubt' });
  });
});

describe.each(Object.entries(catalogues))('%s, a catalogue', (_, { version, success, status }) => {
  async function pulled(answer: Answer): Promise<CatalogueAnswer> {
    partner.answers((arrived, response, request) =>
      (arrived.path === '/login' ? json({ session: 'S1', error_code: 0 }) : answer)(arrived, response, request),
    );
    const contract = procedureContract(version, partner.url);
    const connector = connectorFor(contract.protocol, {
      agency: 'partner',
      contract,
      publish: () => Promise.resolve(),
      append: () => Promise.resolve([]),
    });
    const answered = await connector.pullCatalogue!(sending(contract, { timeoutMs: 2_000 }));
    await connector.close();
    return answered;
  }

  it('is whole by its own success', async () => {
    expect(await pulled(json(success, status))).toMatchObject({
      kind: 'whole',
      procedures: [{ code: '1.001193', name: 'Khai sinh' }],
    });
  });

  const bad: [string, Answer][] = [
    [
      'a firewall’s page, as 200',
      (_arrived, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Request Rejected</html>'),
    ],
    [
      'a firewall’s page, as 403',
      (_arrived, response) =>
        response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Request Rejected</html>'),
    ],
    ['its success without rows', json({ error_code: 0, code: 'OK' }, status)],
    ['an answer that nobody knows', json({ nobody: 'knows this' }, 418)],
    ['rows under an error', json({ ...success, error_code: '3', code: 'ERROR' }, status)],
    [
      'a redirect',
      (_arrived, response) =>
        response.writeHead(302, { location: '/x', 'content-type': 'application/json' }).end(JSON.stringify(success)),
    ],
    [
      'a broken answer',
      (_arrived, response, request) => {
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': '900' });
        response.write(JSON.stringify(success), () => request.socket.destroy());
      },
    ],
  ];
  it.each(bad)('holds nothing after %s', async (_what, answer) => {
    expect(await pulled(answer)).toEqual({ kind: 'busy', reason: expect.any(String) });
  });
});
