import type { ContractVersion } from './agency-file.js';
import { waysOf } from './reconcile/reconcile-by.js';

/** A secret that a contract names, and where (JSON Pointer within the version). */
export interface NamedSecret {
  path: string;
  name: string;
}

/** All secrets of a contract: of its login, its own certificate, and what its requests read as `secret.NAME`. */
export function secretsOf({ endpoint, operations, reconcile }: ContractVersion): NamedSecret[] {
  const found: NamedSecret[] = [];
  const login = endpoint?.login;
  if (login && 'secret' in login) found.push({ path: '/endpoint/login/secret', name: login.secret });
  if (login && 'secrets' in login)
    found.push(...login.secrets.map((name, n) => ({ path: `/endpoint/login/secrets/${n}`, name })));
  const ours =
    login?.kind === 'mtls' ? ([login, '/endpoint/login'] as const) : ([endpoint?.tls, '/endpoint/tls'] as const);
  for (const part of ['certificate', 'key', 'ca'] as const) {
    const name = ours[0]?.[part];
    if (name !== undefined) found.push({ path: `${ours[1]}/${part}`, name });
  }
  for (const [nth, way] of waysOf({ reconcile }).entries())
    if ('secret' in way && way.secret !== undefined)
      found.push({
        path: Array.isArray(reconcile) ? `/reconcile/${nth}/secret` : '/reconcile/secret',
        name: way.secret,
      });
  readIn(operations, '/operations', found);
  return found;
}

function readIn(value: unknown, path: string, found: NamedSecret[]): void {
  if (value === null || typeof value !== 'object') return;
  for (const [member, inner] of Object.entries(value)) {
    const at = `${path}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const name = member === 'from' && typeof inner === 'string' ? /^secret\.([\w-]+)$/.exec(inner)?.[1] : undefined;
    if (name !== undefined) found.push({ path: at, name });
    else readIn(inner, at, found);
  }
}
