import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';
import type { ContractVersion, Protocol, TokenLogin } from '#wire';

import { contractOf, holdingPdf, outgoing, portalCase, recordCase, sending } from './case.fixture.js';
import { connectorFor } from './connector-for.js';
import type { OutgoingEvent, Steps } from './connector.js';
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

const protocols: Record<Exclude<Protocol, 'topic' | 'feed'>, Spoken> = {
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
  'lltp-gen2': {
    contract: () => contractOf('lltp', partner.url),
    event: outgoing('received', recordCase),
    success: { status: '1', statusDescription: 'Gửi thông tin thành công' },
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
    steps: playedSteps({ NoiHoSo: { idHoSo: 'HS-1', maHoSo: portalCase.code }, CapNhatTienTrinh: {} }),
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
