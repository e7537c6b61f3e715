import { createHash } from 'node:crypto';
import type { FileReference } from '#wire';

import { tooLong } from './document-words.js';
import type { Read } from './path.js';
import { Later, settled, type Compiled, type Downloaded, type Scope, type Value } from './scope.js';

/** A file of the hub's, in an item. */
export const base64Of =
  (read: Read, mostBytes: number, at: string): Compiled =>
  (scope) => {
    const file = read(scope.root, scope.here) as Partial<FileReference> | undefined;
    if (file?.sha256 === undefined) return undefined;
    if ((file.size ?? 0) > mostBytes) return void scope.faults.push(`${at}: ${tooLong(mostBytes)}`);
    return new Later(bytesOf(scope, file.sha256, mostBytes, at));
  };

async function bytesOf(scope: Scope, sha256: string, mostBytes: number, at: string): Promise<Value> {
  try {
    const bytes = await scope.readFile(sha256);
    return bytes.length > mostBytes ? void scope.faults.push(`${at}: ${tooLong(mostBytes)}`) : bytes.toString('base64');
  } catch (error) {
    if ((error as { code?: string }).code !== 'FILE_NOT_HELD') throw error;
    return void scope.faults.push(`${at}: the file isn't held`);
  }
}

interface Described {
  name: Compiled;
  type: Compiled;
  sha256: Compiled;
  mostBytes: number;
  at: string;
}

/** A file that stands in an answer as base64. */
export const kept = (read: Read, described: Described): Compiled => fileOf(read, described, fromBase64);

/** A file that an answer says where to get. */
export const downloaded = (read: Read, by: string | undefined, described: Described): Compiled =>
  fileOf(read, described, (value, scope) =>
    scope.download
      ? scope.download(value, by)
      : Promise.resolve({ kind: 'fault', fault: 'nothing can be downloaded here' }),
  );

function fileOf(
  read: Read,
  described: Described,
  get: (value: string, scope: Scope, mostBytes: number) => Downloaded | Promise<Downloaded>,
): Compiled {
  return (scope) => {
    const found = read(scope.root, scope.here);
    if (found === undefined || found === null || found === '') return undefined;
    if (typeof found !== 'string') return void scope.faults.push(`${described.at}: is no text`);
    const { here } = scope;
    return new Later(
      Promise.resolve(get(found, scope, described.mostBytes)).then((got) => reference(got, described, scope, here)),
    );
  };
}

async function reference(got: Downloaded, described: Described, scope: Scope, here: unknown): Promise<Value> {
  const { at, mostBytes } = described;
  if (got.kind === 'fault') return void scope.faults.push(`${at}: ${got.fault}`);
  const { bytes } = got;
  if (bytes.length > mostBytes) return void scope.faults.push(`${at}: ${tooLong(mostBytes)}`);
  // By now the scope may be at another of its list.
  const own = Object.create(scope, { here: { value: here, writable: true }, later: { value: [] } }) as Scope;
  const [name, type, said] = [
    await settled(described.name, own),
    await settled(described.type, own),
    await settled(described.sha256, own),
  ];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (typeof said === 'string' && said !== '' && said.toLowerCase() !== sha256)
    return void scope.faults.push(`${at}: the bytes have another hash`);
  const mediaType = typeof type === 'string' && type !== '' ? type : got.mediaType;
  scope.files?.push({ sha256, mediaType, bytes });
  return {
    sha256,
    name: typeof name === 'string' && name !== '' ? name : sha256,
    mediaType,
    size: bytes.length,
  };
}

function fromBase64(text: string): Downloaded {
  const plain = text.replace(/\s+/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(plain))
    return { kind: 'fault', fault: 'is no base64' };
  return { kind: 'bytes', bytes: Buffer.from(plain, 'base64'), mediaType: 'application/octet-stream' };
}
