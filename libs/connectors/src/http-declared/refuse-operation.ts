import { isExpression, type ContractVersion, type Operation } from '#wire';

import { MappingFault } from '../mapping/path.js';

const MIB = 1_048_576;

/** Longest file, either way. */
export function fileBytes(size = '20MiB'): number {
  return Number.parseInt(size, 10) * (size.endsWith('MiB') ? MIB : 1_024);
}

/** Throws where what an operation says can't be together, whatever the case. */
export function refuseOperation(given: Operation, { endpoint, limits }: ContractVersion, at: string): void {
  const { method, body, encoding, events, item, rows, path } = given;
  const refuse = (what: string): never => {
    throw new MappingFault(at, what);
  };
  if (events && item === undefined) refuse('what takes events needs an item');
  if (path?.startsWith('//')) throw new MappingFault(`${at}.path`, 'a path begins with one slash: it names no host');
  if (method === 'GET' && body !== undefined) refuse('a GET has no body');
  const login = endpoint?.login;
  const inBody = login?.kind === 'body-key' || (login?.kind === 'token' && login.send.as === 'body');
  if (method === 'GET' && inBody) refuse('a GET has no body for the credentials');
  if (encoding === 'xml' && inBody && method !== 'GET')
    refuse('no login writes into an XML body: say { from: secret.NAME } where it belongs');
  if ((encoding === 'form' || encoding === 'multipart') && (rows || (limits.itemsPerRequest ?? 1) > 1))
    refuse('a form carries one item');
  if (encoding === 'xml' && isPlain(body)) {
    const roots = Object.keys(body);
    if (roots.length !== 1) throw new MappingFault(`${at}.body`, 'XML needs one root element');
  }
}

const isPlain = (body: Operation['body']): body is Record<string, never> =>
  body !== null && typeof body === 'object' && !Array.isArray(body) && !isExpression(body);
