import type { PartnerAnswer } from '#domain';
import type { ClientTls, Endpoint } from '#wire';

import type { SendContext } from '../connector.js';
import type { ClientIdentity } from '../http/client-identity.js';
import type { PartnerHttp, Request } from '../http/partner-http.js';
import { MappingFault } from '../mapping/path.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** The partner's address, with our own certificate where the file names one: read for each request, so that a new one counts. */
export class KnownHttp {
  private readonly tls: ClientTls | undefined;

  constructor(
    private readonly http: PartnerHttp,
    { login, tls, baseUrl }: Endpoint,
  ) {
    if (login?.kind === 'mtls' && tls)
      throw new MappingFault('endpoint.tls', 'login mtls names the certificate already');
    this.tls = login?.kind === 'mtls' ? login : tls;
    if (this.tls && !baseUrl.startsWith('https:'))
      throw new MappingFault('endpoint.baseUrl', 'a certificate is shown at an https address only');
  }

  request(
    context: Pick<SendContext, 'secret'>,
    method: Method,
    request: Request,
    body: string | Buffer | null,
  ): Promise<PartnerAnswer> {
    if (!this.tls) return this.http.request(method, request, body);
    const identity = identityOf(this.tls, context);
    if (typeof identity === 'string') return Promise.resolve({ kind: 'unsent', reason: identity });
    return this.http.request(method, { ...request, identity }, body);
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }
}

function identityOf(
  { certificate, key, ca }: ClientTls,
  { secret }: Pick<SendContext, 'secret'>,
): ClientIdentity | string {
  const read: string[] = [];
  for (const name of [certificate, key, ...(ca === undefined ? [] : [ca])])
    try {
      read.push(secret(name));
    } catch {
      return `could not be sent: the secret ${name} can't be read`;
    }
  const [cert = '', privateKey = '', trusted] = read;
  return { cert, key: privateKey, ...(trusted !== undefined && { ca: trusted }) };
}
