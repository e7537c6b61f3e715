// Phục vụ tóm tắt và dòng hồ sơ cho trục, đặt cạnh sổ của bạn · Serves the hub's digest API beside your books (digest-api.md). Node 20, no dependencies.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const sha = (text) => createHash('sha256').update(text, 'utf8').digest();
const bytes = (a, b) => (a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')));
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What both sides compare of a case. `compares`: as your contract lists them. A field that you don't have is null. */
export function lineHash(key, fields, compares) {
  const said = { key, ...Object.fromEntries(compares.map((field) => [field, fields[field] ?? null])) };
  return sha(JSON.stringify(said, Object.keys(said).sort())).toString('hex');
}
export const bucketOf = (key) => sha(key)[0] % 64;
export const inOrder = (lines) => lines.sort((a, b) => bytes(a.key, b.key) || bytes(a.hash, b.hash));
export const digestOf = (lines) => sha(lines.map(({ key, hash }) => `${key}\n${hash}\n`).join('')).toString('hex');

/** One digest of all lines; by day, or by bucket: one of each that has lines. */
export function digests(lines, by) {
  if (by === undefined) return [{ lines: lines.length, digest: digestOf(lines) }];
  const groups = new Map();
  for (const line of lines) {
    const name = by === 'day' ? line.receivedOn : bucketOf(line.key);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(line);
  }
  return [...groups].map(([name, group]) => ({ [by]: name, lines: group.length, digest: digestOf(group) }));
}

/** `books(from, to)`: your cases received on these days, both included: { key, receivedOn, fields, hash? }. Large books keep their hashes. */
export function serveDigests({ compares, books, token, port = 0, host = '127.0.0.1' }) {
  const expected = sha(`Bearer ${token}`);
  return createServer(async (request, response) => {
    const answer = (status, text) => {
      const isGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      response.writeHead(status, isGzip ? { 'content-encoding': 'gzip' } : {}).end(isGzip ? gzipSync(text) : text);
    };
    try {
      if (!timingSafeEqual(sha(request.headers.authorization ?? ''), expected)) return answer(401, '{}');
      const { pathname, searchParams } = new URL(request.url, 'http://localhost');
      const [from, to, bucket, by] = ['from', 'to', 'bucket', 'by'].map((name) => searchParams.get(name) ?? undefined);
      if (!DAY.test(from) || !DAY.test(to)) return answer(400, '{}');
      const cases = (await books(from, to)).filter(
        ({ key }) => bucket === undefined || bucketOf(key) === Number(bucket),
      );
      const lines = cases.map(({ key, receivedOn, fields, hash }) => {
        const compared = Object.fromEntries(compares.map((field) => [field, fields[field] ?? null]));
        return { key, receivedOn, hash: hash ?? lineHash(key, fields, compares), fields: compared };
      });
      inOrder(lines);
      if (pathname.endsWith('/lines')) return answer(200, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      if (pathname.endsWith('/digests')) return answer(200, JSON.stringify({ digests: digests(lines, by) }));
      answer(404, '{}');
    } catch (error) {
      console.error(error);
      answer(500, '{}');
    }
  }).listen(port, host);
}
