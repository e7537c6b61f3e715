import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContractVersion, ReconcileLines } from '#wire';
import { caseOf, contractOf, linesOf, refusal, Served, sourceOf } from './books.fixture.js';
import { readSome } from './read-some.js';

let served: Served | undefined;
afterEach(() => served?.end());

const books = [0, 5, 10, 15].map((n) => caseOf(n));
const ourCases = () =>
  (async function* () {
    yield await Promise.resolve(
      books.map(({ key, receivedOn }) => ({ key, receivedOn, caseCode: key, province: { code: '80', name: 'x' } })),
    );
  })();
const way: Extract<ReconcileLines, { by: 'look-up' }> = {
  by: 'look-up',
  operation: 'find',
  absent: { status: 404 },
  compares: ['status', 'applicantName'],
  row: { key: { from: 'row.ma' }, status: { from: 'row.tt' }, applicantName: { from: 'row.ten' } },
};
async function over(
  answer: (code: string) => [status: number, body: unknown],
  more: Partial<ContractVersion> = {},
  asked = way,
) {
  // Answers go out by twos: whoever asks one at a time waits for ever.
  let held: (() => void)[] = [];
  const most = { atOnce: 0, asked: 0 };
  served = await Served.by((request, response) => {
    most.asked += 1;
    const [status, body] = answer(decodeURIComponent(request.url!.split('/').at(-1)!));
    held.push(() => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
    most.atOnce = Math.max(most.atOnce, held.length);
    if (held.length < 2) return;
    for (const give of held) give();
    held = [];
  });
  const contract = contractOf(asked, {
    endpoint: { baseUrl: served.url },
    operations: { find: { method: 'GET', path: '/ho-so/{code}' } },
    limits: { inFlight: 2, timeout: '5s' },
    ...more,
  });
  return { source: sourceOf(contract, { ourCases }), most };
}

describe('a look-up of each case', () => {
  it('shows ours only, no more at once than the contract allows; one that isn’t there has no line', async () => {
    const { source, most } = await over((code) =>
      code === books[1]!.key ? [404, {}] : [200, { ma: code, tt: 9, ten: 'Nguyễn Thị Mẫu' }],
    );
    expect(source.coverage).toBe('ours only');
    const lines = await linesOf(source);
    expect(lines.map(({ key }) => key)).toEqual([0, 2, 3].map((n) => books[n]!.key));
    expect(lines[0]).toMatchObject({
      receivedOn: '2026-03-01',
      fields: { status: '9', applicantName: 'NGUYỄN THỊ MẪU' },
    });
    expect(most).toEqual({ atOnce: 2, asked: 4 });
  });

  it('that answers for another case, or in no way that the contract knows, ends the reading', async () => {
    expect(await refusal(linesOf((await over(() => [200, { ma: 'X', tt: 9 }])).source))).toBe('not-asked');
    await served!.end();
    expect(await refusal(linesOf((await over((code) => [200, { ma: code, tt: 'chờ' }])).source))).toBe('no-form');
  });

  it('that answers with two rows for one case has it twice, and that is no end of the reading', async () => {
    const row = (code: string) => ({ ma: code, tt: 4, ten: 'Mẫu' });
    const { source } = await over(
      (code) => [200, { items: code === books[2]!.key ? [row(code), row(code)] : [row(code)] }],
      {},
      { ...way, rows: 'items' },
    );
    const keys = (await linesOf(source)).map(({ key }) => key);
    expect(keys).toEqual([0, 1, 2, 2, 3].map((n) => books[n]!.key));
  });

  it('is shown to an operator with names masked, and says what refused it', async () => {
    const { source } = await over((code) => (code === books[3]!.key ? [200, { ma: code }] : [200, { ma: code, tt: 4, ten: 'Mẫu Đơn' }])); // prettier-ignore
    const range = { from: '2026-03-01', to: '2026-03-05' };
    const some = await readSome(source, range, new AbortController().signal);
    expect(some).toMatchObject({ read: 4, cut: false, refused: null });
    expect(some.lines.find(({ key }) => key === books[0]!.key)).toMatchObject({ fields: { status: '4', applicantName: 'M••• (7)' } }); // prettier-ignore
    await served!.end();
    const { source: faulty } = await over((code) => [200, { ma: code, tt: 77 }]);
    expect((await readSome(faulty, range, new AbortController().signal)).refused).toMatchObject({ rule: 'no-form' });
  });
});
