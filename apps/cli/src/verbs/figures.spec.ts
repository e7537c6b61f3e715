import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, enterFacts, type Fact } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { typed } from '../testing/terminal.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const shipped = 'deploy/figures/province.yaml';
let fresh: FreshDatabase;
let db: Database;
let folder: string;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  folder = await mkdtemp(join(tmpdir(), 'figures-'));
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
  await rm(folder, { recursive: true });
});

const figures = (words: string) => typed(`figures ${words}`, { DATABASE_URL: fresh.url, LIENTHONG_AUTHOR: 'lan' });
const petitions = (from: number, to: number): Promise<unknown> =>
  enterFacts(
    db,
    Array.from({ length: to - from }, (_, n): Fact => {
      const code = `PA-${from + n}`;
      const data = { code, receivedAt: '2021-05-03T08:00:00+07:00' };
      return { sender: 'app', key: code, type: 'vn.lienthong.petition.received.v1', code, data, on: '2021-05-03', about: 'petition' }; // prettier-ignore
    }),
  );

describe('figures', () => {
  it('are defined by a file, published for a period, listed, shown with their revisions', async () => {
    expect(await figures('ls')).toMatchObject({ code: 0, out: expect.stringContaining('no definition is applied') });
    expect(await figures('publish --period 2021-05')).toMatchObject({ code: 1, err: expect.stringContaining('no such definition') }); // prettier-ignore
    expect(await figures(`apply ${shipped}`)).toMatchObject({ code: 0, out: expect.stringContaining('cases-received  đã áp dụng') }); // prettier-ignore
    expect((await figures(`apply ${shipped}`)).out).toContain('cases-received  không đổi');

    await petitions(0, 10);
    expect(await figures('publish --period 2021-05')).toMatchObject({ code: 0, out: expect.stringMatching(/petitions-answered +2021-05 +1 +0 +0/) }); // prettier-ignore
    await petitions(10, 20);
    expect((await figures('publish --period 2021-05 --of petitions-answered')).out).toMatch(/2021-05 +0 +1 +0/);
    expect((await figures('ls --of petitions-answered')).out).toMatch(/petitions-answered\/2021-05 +0 +percent .* 1\n/);
    const shown = await figures('show petitions-answered/2021-05');
    expect(shown.out).toMatch(/1 +0 +percent +0\/10 .*\n2 +0 +percent +0\/20 .*late facts/);
  });

  it('of a period of another length, of no period, of no name are said to be so', async () => {
    expect(await figures('publish --period 2021')).toMatchObject({ code: 1, err: expect.stringContaining('no definition has periods') }); // prettier-ignore
    expect(await figures('publish --period 2021-13')).toMatchObject({ code: 1, err: expect.stringContaining('not a period') }); // prettier-ignore
    expect(await figures('show nothing/2021')).toMatchObject({ code: 1, err: expect.stringContaining('no such figure') }); // prettier-ignore
  });

  it('keep the version that they were published by; a later one may follow it', async () => {
    const text = await readFile(shipped, 'utf8');
    const file = join(folder, 'changed.yaml');
    await writeFile(file, text.replace(/(id: petitions-answered[\s\S]*?)2018-01-01/, '$12019-01-01'));
    expect(await figures(`apply ${file}`)).toMatchObject({ code: 1, err: expect.stringContaining('petitions-answered: bản 2018-01-01') }); // prettier-ignore
    await writeFile(file, text.replace('kind: Figures', 'kind: Figure'));
    expect(await figures(`apply ${file}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('4:7 /kind const:Figures'),
    });
    const { rows } = await db.pool.query('select id from figure_definitions where serial > 1');
    expect(rows).toEqual([]);
  });

  it('that are due are those of this month and the one before, and what was published lately', async () => {
    const ran = await figures('publish');
    expect(ran).toMatchObject({ code: 0 });
    const named = new Set(
      ran.out
        .split('\n')
        .slice(1)
        .flatMap((line) => line.split(/ +/)[1] ?? []),
    );
    expect(named.size).toBe(2);
  });
});
