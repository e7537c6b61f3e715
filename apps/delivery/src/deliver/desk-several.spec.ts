import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, type Answer } from '../../../../libs/connectors/src/testing/partner.js';
import { HttpJsonConnector } from '../../../../libs/connectors/src/http-json/connector.js';
import type { BatchItem, SeveralAnswer } from '#connectors';
import { openBreakers } from '#ledger';
import type { ContractVersion } from '#wire';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { DeskWorld } from './desk-world.fixture.js';

let world: DeskWorld;
beforeAll(async () => {
  world = await DeskWorld.begin();
});
afterAll(() => world.end());

type Row = { code: string; status: number };

/** http-json with several items in one POST, answered by rows that name their case, or by one status for all. */
class SeveralConnector extends HttpJsonConnector {
  constructor(private readonly to: ContractVersion) {
    super(to);
  }

  override prepare(event: Parameters<HttpJsonConnector['prepare']>[0]): ReturnType<HttpJsonConnector['prepare']> {
    if (event.dataText.includes('unmapped')) throw new TypeError('no mapping');
    return super.prepare(event);
  }

  override together = (): string => 'one';

  override async sendSeveral(items: readonly BatchItem[]): Promise<SeveralAnswer> {
    const answered = (status: number) =>
      ({ kind: 'answered', status, contentType: 'application/json', text: '' }) as const;
    try {
      const response = await fetch(`${this.to.endpoint!.baseUrl}/`, {
        method: 'POST',
        body: JSON.stringify(items.map((item) => item.event.data)),
      });
      if (!response.ok) return { kind: 'whole', answer: answered(response.status) };
      const rows = (await response.json()) as Row[];
      const statuses = new Map(rows.map(({ code, status }) => [code, status]));
      return {
        kind: 'rows',
        answers: items.map(({ event }) => {
          const status = statuses.get(event.caseCode);
          return status === undefined ? undefined : answered(status);
        }),
      };
    } catch {
      return { kind: 'whole', answer: { kind: 'no-answer', reason: 'cut' } };
    }
  }
}

const codesIn = (body: string): string[] =>
  [JSON.parse(body) as { code: string } | { code: string }[]].flat().map(({ code }) => code);

async function sends(agency: string, cases: number, answer: Answer, more: Partial<ContractVersion> = {}) {
  const partner = await world.partner(answer);
  const contract = world.contract(partner.url, { inFlight: 1, itemsPerRequest: 10 }, more);
  const codes = await world.waiting(agency, cases);
  const { desk } = await world.desk(agency, contract, { workers: 1, rank: 0 }, new SeveralConnector(contract));
  return { partner, codes, desk };
}

describe('several items in one request', () => {
  it('end each by its own row; one that the answer doesn’t name is in doubt, alone', async () => {
    const { desk, codes } = await sends('row', 10, (arrived, response, request) => {
      const rows = codesIn(arrived.body).map((code): Row => ({ code, status: code === refused ? 422 : 200 }));
      json(rows.filter(({ code }) => code !== missing))(arrived, response, request);
    });
    const [missing, refused] = [codes[3], codes[6]];
    desk.kick();
    await eventually(async () =>
      expect(await world.lanes('row')).toMatchObject({ open: 2, timer: 1, doubt: 1, person: 1, held: 0 }),
    );
  });

  it('refused as a whole: halves find the one that is bad, and only that is parked', async () => {
    const { desk, codes, partner } = await sends('whole', 10, (arrived, response, request) => {
      const asked = codesIn(arrived.body);
      if (asked.includes(bad)) return void response.writeHead(422).end();
      json(asked.map((code): Row => ({ code, status: 200 })))(arrived, response, request);
    });
    const bad = codes[7]!;
    desk.kick();
    await eventually(async () =>
      expect(await world.lanes('whole')).toMatchObject({ open: 1, person: 1, doubt: 0, held: 0 }),
    );
    expect(partner.arrived.length).toBeLessThanOrEqual(12);
    const { rows } = await world.db.pool.query(
      `select a.code from lanes l join aliases a using (stream_id) where l.agency_id = 'whole' and l.wait = 'person'`,
    );
    expect(rows).toEqual([{ code: bad }]);
  });

  it('whose session ended for one row: the rows that were accepted are not sent again', async () => {
    let expired = true;
    const times = new Map<string, number>();
    const { desk, codes } = await sends('session', 6, (arrived, response, request) => {
      const rows = codesIn(arrived.body).map((code): Row => {
        times.set(code, (times.get(code) ?? 0) + 1);
        return { code, status: expired && code === last ? 401 : 200 };
      });
      expired = false;
      json(rows)(arrived, response, request);
    });
    const last = codes[5]!;
    desk.kick();
    await eventually(async () => expect(await world.lanes('session')).toMatchObject({ open: 0 }));
    expect(codes.map((code) => times.get(code))).toEqual([1, 1, 1, 1, 1, 2]);
  });

  it('not answered are one failure, not as many as there are items', async () => {
    const breaker = { opensAfter: 3, probeFirst: '50ms', probeAtMost: '200ms' };
    const { desk, partner } = await sends(
      'once',
      10,
      (_, response, request) => (response.writeHead(503).end(), void request),
      { breaker },
    );
    desk.kick();
    await eventually(async () => expect(await world.lanes('once')).toMatchObject({ timer: 10 }));
    expect(partner.arrived).toHaveLength(1);
    expect((await openBreakers(world.db)).filter((b) => b.agencyId === 'once')).toEqual([]);
  });

  it('one of which can’t be mapped: it alone is parked, as ours, and nothing of it is in doubt', async () => {
    const partner = await world.partner((arrived, response, request) => {
      json(codesIn(arrived.body).map((code): Row => ({ code, status: 200 })))(arrived, response, request);
    });
    const contract = world.contract(partner.url, { inFlight: 1, itemsPerRequest: 10 });
    await world.waiting('maps', 5);
    await world.waiting('maps', 1, 1, 'unmapped');
    const { desk } = await world.desk('maps', contract, { workers: 1, rank: 0 }, new SeveralConnector(contract));
    desk.kick();
    await eventually(async () => expect(await world.lanes('maps')).toMatchObject({ open: 1, person: 1, doubt: 0 }));
    const { rows } = await world.db.pool.query(
      `select owner, reason from deliveries where agency_id = 'maps' and state = 'parked'`,
    );
    expect(rows).toEqual([{ owner: 'ours', reason: 'our side failed: TypeError' }]);
  });
});
