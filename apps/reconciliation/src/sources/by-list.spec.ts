import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContractVersion, Line, ReconcileLines } from '#wire';
import {
  caseOf,
  compares,
  contractOf,
  lineOf,
  linesOf,
  refusal,
  Served,
  sourceOf,
  type Case,
} from './books.fixture.js';

let served: Served | undefined;
afterEach(async () => {
  await served?.end();
  served = undefined;
});

interface Listed {
  maHoSo: string;
  ngayTiepNhan: string;
  trangThai: number;
  henTra: string;
  ten: string | null;
}
const rowOf = ({ key, receivedOn, fields }: Case): Listed => ({
  maHoSo: key,
  ngayTiepNhan: `${receivedOn.replaceAll('-', '')}083000`,
  trangThai: Number(fields.status),
  henTra: fields.dueOn!.split('-').reverse().join('/'),
  ten: fields.applicantName?.toLocaleLowerCase('vi') ?? null,
});
const row = {
  key: { from: 'row.maHoSo' },
  receivedOn: { from: 'row.ngayTiepNhan', read: 'yyyyMMddHHmmss' },
  status: { from: 'row.trangThai' },
  dueOn: { from: 'row.henTra', read: 'dd/MM/yyyy' },
  applicantName: { from: 'row.ten' },
} as const;
const listing = (more: object = {}): ReconcileLines => ({
  by: 'paged-list',
  operation: 'list',
  rows: 'data.items',
  cursor: { page: 1 },
  compares,
  row,
  ...more,
});
const operations: NonNullable<ContractVersion['operations']> = {
  list: {
    method: 'GET',
    path: '/ho-so',
    query: {
      tuNgay: { from: 'range.from', as: 'dd/MM/yyyy' },
      denNgay: { from: 'range.to', as: 'dd/MM/yyyy' },
      trang: { from: 'cursor' },
    },
  },
  states: { path: '/trang-thai', body: { dsMa: { from: 'keys' } } },
};

type Say = (asked: URL, body: string) => unknown;
async function asking(way: ReconcileLines, say: Say): Promise<ContractVersion> {
  served = await Served.by((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const said = say(new URL(request.url!, 'http://x'), Buffer.concat(chunks).toString('utf8'));
      const status = typeof said === 'number' ? said : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  return contractOf(way, { endpoint: { baseUrl: served.url }, operations });
}

/** A list by numbered pages of the books as they stand at each request. */
function paging(
  books: (request: number) => readonly Case[],
  size = 10,
  more: (all: number) => object = () => ({}),
): Say {
  let request = 0;
  return (asked) => {
    const day = asked.searchParams.get('tuNgay')!.split('/').reverse().join('-');
    const page = Number(asked.searchParams.get('trang'));
    const all = books(request++).filter(({ receivedOn }) => receivedOn === day);
    return { data: { items: all.slice((page - 1) * size, page * size).map(rowOf), ...more(all.length) } };
  };
}
const books = Array.from({ length: 120 }, (_, n) => caseOf(n));
const keys = (lines: readonly Line[]): string[] => lines.map(({ key }) => key);
const oneDay = { from: '2026-03-02', to: '2026-03-02' };
const ofDay = books.filter(({ receivedOn }) => receivedOn === oneDay.from);

describe('a list by pages', () => {
  it('is read day by day to its end; each row becomes the line that our books would have', async () => {
    const asked: string[] = [];
    const say = paging(() => books);
    const contract = await asking(listing(), (url, body) => (asked.push(url.search), say(url, body)));
    expect(await linesOf(sourceOf(contract))).toEqual(books.map(lineOf));
    expect(asked[0]).toBe('?tuNgay=01%2F03%2F2026&denNgay=01%2F03%2F2026&trang=1');
  });

  it('keeps a case that stands there twice on a page as two lines', async () => {
    const twice = [ofDay[0]!, ...ofDay];
    const contract = await asking(
      listing(),
      paging(() => twice),
    );
    expect(keys(await linesOf(sourceOf(contract), oneDay))).toEqual(keys(twice.map(lineOf)));
  });

  it('keeps one that stands there twice on two pages, read once more to know', async () => {
    const twice = [...ofDay, ofDay[0]!];
    for (const total of [undefined, 'data.total']) {
      const contract = await asking(listing({ ...(total !== undefined && { total }) }), paging(() => twice, 10, (all) => ({ total: all }))); // prettier-ignore
      expect(await linesOf(sourceOf(contract), oneDay)).toHaveLength(25);
      await served!.end();
    }
    served = undefined;
  });

  it('doesn’t take the row with which pages overlap for a second case', async () => {
    const contract = await asking(listing(), (asked) => {
      const page = Number(asked.searchParams.get('trang'));
      return { data: { items: ofDay.slice(Math.max(0, (page - 1) * 9), (page - 1) * 9 + 10).map(rowOf) } };
    });
    expect(keys(await linesOf(sourceOf(contract), oneDay))).toEqual(keys(ofDay.map(lineOf)));
  });

  it.each<[string, (request: number) => readonly Case[], number]>([
    ['a case came in at its head', (n) => (n < 2 ? ofDay : [caseOf(201), ...ofDay]), 25],
    ['a case went from a page that was read', (n) => (n < 2 ? ofDay : ofDay.slice(3)), 21],
    ['a case changed and came again', (n) => (n < 1 ? ofDay : [...ofDay.slice(1), caseOf(1, { status: '9' })]), 24],
  ])('where %s meanwhile, is read once more', async (_, at, lines) => {
    const contract = await asking(listing(), paging(at));
    expect(await linesOf(sourceOf(contract), oneDay)).toHaveLength(lines);
  });

  it('that never stands still is refused', async () => {
    const contract = await asking(
      listing(),
      paging((n) => ofDay.slice(n % 7)),
    );
    expect(await refusal(linesOf(sourceOf(contract), oneDay))).toBe('list-moved');
    await served!.end();
    const wrong = await asking(listing({ total: 'data.total' }), paging(() => ofDay, 10, () => ({ total: 23 + Math.round(performance.now()) }))); // prettier-ignore
    expect(await refusal(linesOf(sourceOf(wrong), oneDay))).toBe('list-moved');
  });

  it('that goes round is refused', async () => {
    const contract = await asking(listing({ cursor: { answer: 'data.next' } }), () => ({
      data: { items: [rowOf(ofDay[0]!)], next: 'again' },
    }));
    expect(await refusal(linesOf(sourceOf(contract), oneDay))).toBe('goes-round');
  });

  it.each<[string, Partial<Record<keyof Listed, unknown>>, string]>([
    ['no code', { maHoSo: '' }, 'no-key in row 12'],
    ['a day of another form', { henTra: '2026-03-20' }, 'form in row 12'],
    ['a status that there isn’t', { trangThai: 17 }, 'no-form in row 12'],
    ['no day of receipt', { ngayTiepNhan: null }, 'no-day in row 12'],
  ])('whose row has %s is refused by its number, in both languages, without a value', async (_, wrong, rule) => {
    const say = paging(() => ofDay);
    const contract = await asking(listing(), (url, body) => {
      const page = say(url, body) as { data: { items: object[] } };
      if (url.searchParams.get('trang') === '2') Object.assign(page.data.items[1]!, wrong);
      return page;
    });
    expect(await refusal(linesOf(sourceOf(contract), oneDay))).toBe(rule);
  });

  it('is asked again where the partner is busy, and given up where it stays so', async () => {
    let asked = 0;
    const say = paging(() => ofDay);
    const busy = await asking(listing(), (url, body) => (asked++ === 0 ? 503 : say(url, body)));
    expect(await linesOf(sourceOf(busy), oneDay)).toHaveLength(24);
    await served!.end();
    served = undefined;
    const gone = contractOf(listing(), { endpoint: { baseUrl: 'http://127.0.0.1:1' }, operations });
    const given = new AbortController();
    const source = sourceOf(gone);
    const reading = source.lines(oneDay, () => Promise.resolve(), given.signal);
    given.abort(new Error('enough'));
    await expect(reading).rejects.toThrow();
    await source.close();
  });
});

describe('a list of states', () => {
  const states = (more: object = {}): ReconcileLines => ({
    by: 'status-list',
    operation: 'states',
    rows: 'data.items',
    keysAtOnce: 7,
    compares: ['status'],
    row: { key: row.key, status: row.status },
    ...more,
  });
  const ourCases = () =>
    (async function* () {
      yield await Promise.resolve(
        ofDay.map(({ key, receivedOn }) => ({
          key,
          receivedOn,
          caseCode: key,
          province: { code: '80', name: 'Tây Ninh' },
        })),
      );
    })();

  it('is asked for our keys, so many at once, and shows nothing else', async () => {
    const asked: number[] = [];
    const contract = await asking(states(), (_, body) => {
      const { dsMa } = JSON.parse(body) as { dsMa: string[] };
      asked.push(dsMa.length);
      return { data: { items: dsMa.slice(1).map((key) => ({ maHoSo: key, trangThai: 9 })) } };
    });
    const source = sourceOf(contract, { ourCases });
    expect(source.coverage).toBe('ours only');
    const lines = await linesOf(source, oneDay);
    expect([lines.length, asked.sort()]).toEqual([20, [3, 7, 7, 7]]);
    expect(lines[0]).toMatchObject({ receivedOn: '2026-03-02', fields: { status: '9' } });
  });

  it('that tells of another case is refused', async () => {
    const contract = await asking(states(), () => ({ data: { items: [{ maHoSo: 'X', trangThai: 9 }] } }));
    expect(await refusal(linesOf(sourceOf(contract, { ourCases }), oneDay))).toBe('not-asked in row 1');
  });
});
