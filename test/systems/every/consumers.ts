import { judicialRecordCase, nextCode } from '../../journeys/cases.js';
import { eventually } from '../../../libs/wire/src/testing/eventually.js';
import type { Ministry } from '../consumers.js';
import type { Field } from '../field.js';
import { bookAgrees, eachOnce } from '../judge.js';
import type { Counted, System } from '../system.js';

/** Cases entered; what the ministry's own program has written of them. */
async function entered(world: Field, n: number): Promise<string[]> {
  return world.enter(
    world.counter,
    Array.from({ length: n }, () => judicialRecordCase(nextCode())),
  );
}
const ofThese = (world: Field, ministry: Ministry, codes: readonly string[]) => (): Promise<string[]> =>
  Promise.resolve(world.parts.consumers.held(ministry).filter((key) => codes.includes(key.split(' ')[0]!)));
const received = (codes: readonly string[]): string[] => codes.map((code) => `${code} received 1`);

const submission =
  (ministry: Ministry) =>
  async (world: Field, n: number): Promise<Counted> => {
    const codes = await entered(world, n);
    return eachOnce(world, received(codes), ofThese(world, ministry, codes));
  };

/** What it would have said after its work doesn't arrive. */
type Lose = (world: Field, n: number) => { before: () => void; after: (codes: readonly string[]) => Promise<void> };

const lostAnswer =
  (ministry: Ministry, lose: Lose) =>
  async (world: Field, n: number): Promise<Counted> => {
    const { before, after } = lose(world, n);
    before();
    const codes = await entered(world, n);
    await after(codes);
    return eachOnce(world, received(codes), ofThese(world, ministry, codes));
  };

const arrived = (check: () => boolean, what: string, withinMs: number): Promise<void> =>
  eventually(() => {
    if (!check()) throw new Error(what);
  }, withinMs);

const onTheWay =
  (way: 'toWebhook' | 'toIntake', path: RegExp): Lose =>
  (world, n) => ({
    before: () => world.parts[way].lose(n, path),
    after: () => arrived(() => world.parts[way].lost > 0, 'no answer was lost', world.patienceMs),
  });

/** Killed with its book written, before all of it is committed: what it hadn't committed comes again. */
const killed =
  (ministry: Ministry): Lose =>
  (world) => ({
    before: () => undefined,
    after: async (codes) => {
      const some = ofThese(world, ministry, codes);
      await eventually(async () => {
        if ((await some()).length === 0) throw new Error('nothing has come');
      }, world.patienceMs);
      await world.parts.consumers.restart(ministry);
    },
  });

/** All that its contract gives it, from the ledger, against the whole book of its program. */
const reconciled =
  (ministry: Ministry) =>
  async (world: Field): Promise<Counted> => {
    const events = await world.hub.rows<{ key: string }>(
      `select distinct a.code || ' ' || split_part(e.type, '.', 4) || ' ' || e.sequence as key
       from events e join streams s on s.id = e.stream_id join aliases a on a.stream_id = s.id
       where s.procedure = any('{2.000488,3.000333}')`,
    );
    const due = events.map(({ key }) => key);
    await eventually(() => {
      if (world.parts.consumers.held(ministry).length < due.length) throw new Error('it still reads');
    }, world.patienceMs).catch(() => undefined);
    return bookAgrees(world, ministry, due, () => Promise.resolve(world.parts.consumers.held(ministry)));
  };

const ways = {
  'bo-tu-phap': { vi: 'topic Kafka', en: 'a Kafka topic', protocol: 'topic', lose: killed('bo-tu-phap') },
  'bo-cong-an': { vi: 'webhook', en: 'a webhook', protocol: 'webhook', lose: onTheWay('toWebhook', /./) },
  'bo-ngoai-giao': { vi: 'nguồn tin', en: 'a feed', protocol: 'feed', lose: onTheWay('toIntake', /acknowledgements$/) },
} as const;
const lost: Record<keyof typeof ways, string> = {
  'bo-tu-phap': 'chương trình bị kill -9 trước khi báo vị trí · killed before it commits its position',
  'bo-cong-an': 'mất câu trả lời sau khi ghi sổ · its answer is lost after booking',
  'bo-ngoai-giao': 'mất câu trả lời cho lần xác nhận · the answer to its acknowledgement is lost',
};

export const consumers: readonly System<Field>[] = (Object.keys(ways) as (keyof typeof ways)[]).map((ministry) => {
  const { vi, en, protocol, lose } = ways[ministry];
  return {
    id: ministry,
    what: { vi: `Bộ đọc qua ${vi}`, en: `a ministry that reads ${en}` },
    protocol,
    file: `docs/consume/agencies/${ministry}.yaml`,
    agency: ministry,
    steps: [
      {
        kind: 'submission',
        direction: 'out',
        what: 'sự kiện trong sổ của chương trình nó · in the book of its own program',
        run: submission(ministry),
      },
      { kind: 'lost-answer', direction: 'out', what: lost[ministry], run: lostAnswer(ministry, lose) },
      {
        kind: 'reconciled',
        direction: 'out',
        what: 'cả sổ của nó với mọi sự kiện của sổ cái · its whole book and every event of the ledger',
        run: reconciled(ministry),
      },
    ],
    without: {
      refusal: 'người đọc không từ chối dữ liệu của hồ sơ · a reader refuses no case',
      'change-of-direction': 'nó không báo gì (`sends: []`) · it reports nothing',
    },
  };
});
