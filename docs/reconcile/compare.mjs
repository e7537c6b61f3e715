// So sổ của bạn với sổ của trục, in ra từng hồ sơ lệch. Compares your own books with the hub's, and prints what differs.
//   LIENTHONG_KEY=… node compare.mjs https://truc.example/v1/agencies/ID FROM TO BOOKS.ndjson
// BOOKS.ndjson: { "key", "receivedOn", "fields": { "status", … } } a line; which fields, the hub says.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { bucketOf, digests, inOrder, lineHash } from './serve-digests.mjs';

/** Every case that differs: { key, receivedOn, differs: 'missing there' | 'missing here' | names of fields }. */
export async function* differing({ url, key, from, to, books }) {
  const ask = async (what, query) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/${what}?${new URLSearchParams(query)}`, { headers, redirect: 'error' });
    if (!answer.ok) throw new Error(`${what}: HTTP ${answer.status}`);
    return answer.text();
  };
  const digestsOf = async (query) => JSON.parse(await ask('digests', query));
  const { compares, digests: theirDays } = await digestsOf({ from, to, by: 'day' });
  const ours = [];
  for await (const { key: code, receivedOn, fields } of books)
    if (receivedOn >= from && receivedOn <= to)
      ours.push({ key: code, receivedOn, fields, hash: lineHash(code, fields, compares) });
  inOrder(ours);
  for (const day of unequal(digests(ours, 'day'), theirDays, 'day')) {
    const ofDay = ours.filter(({ receivedOn }) => receivedOn === day);
    const theirBuckets = (await digestsOf({ from: day, to: day, by: 'bucket' })).digests;
    for (const bucket of unequal(digests(ofDay, 'bucket'), theirBuckets, 'bucket')) {
      const text = await ask('lines', { from: day, to: day, bucket });
      const theirs = new Map(text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).map((line) => [line.key, line])); // prettier-ignore
      for (const line of ofDay.filter((one) => bucketOf(one.key) === bucket)) {
        const other = theirs.get(line.key);
        theirs.delete(line.key);
        if (other?.hash === line.hash) continue;
        const isSame = (field) => (line.fields[field] ?? null) === (other.fields[field] ?? null);
        const differs = other ? compares.filter((field) => !isSame(field)) : 'missing there';
        yield { key: line.key, receivedOn: day, differs };
      }
      for (const { key: code } of theirs.values()) yield { key: code, receivedOn: day, differs: 'missing here' };
    }
  }
}

function unequal(ours, theirs, by) {
  const [own, others] = [ours, theirs].map((side) => new Map(side.map((one) => [one[by], one.digest])));
  return [...new Set([...own.keys(), ...others.keys()])].filter((name) => own.get(name) !== others.get(name)).sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [url, from, to, file] = process.argv.slice(2);
  const books = (async function* () {
    // Opened only here: lines that come before somebody reads them would be gone.
    const lines = createInterface({ input: createReadStream(file) });
    for await (const line of lines) if (line.trim()) yield JSON.parse(line);
  })();
  const found = [];
  for await (const one of differing({ url, key: process.env.LIENTHONG_KEY, from, to, books })) found.push(one);
  for (const one of found) console.log(JSON.stringify(one));
  console.error(found.length === 0 ? 'Hai bên khớp · both sides agree' : `${found.length} hồ sơ lệch · cases differ`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
