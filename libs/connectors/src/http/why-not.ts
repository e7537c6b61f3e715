/** Its name leads to a private address, and the agency file doesn't say that it may. */
export const PRIVATE = 'its name leads to a private address (endpoint.allowPrivate)';

/** Why an exchange failed, in words that an operator understands; other words for them (Vietnamese) go by these. */
const reasons: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  PRIVATE_ADDRESS: PRIVATE,
  EAI_AGAIN: 'name server does not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENETDOWN: 'network unreachable',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  CERT_HAS_EXPIRED: 'certificate expired',
  CERT_NOT_YET_VALID: 'certificate not yet valid',
  CERT_REVOKED: 'certificate revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate not trusted',
  CERT_SIGNATURE_FAILURE: 'certificate not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate not trusted',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a certificate of ours',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'it says that our certificate expired',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it turns our certificate away',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it turns our certificate away',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it turns our certificate away',
  EPROTO: 'TLS failed',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_HEADERS_OVERFLOW: 'answer’s header too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'answer shorter than announced',
  UND_ERR_CLOSED: 'stopped here',
  UND_ERR_DESTROYED: 'stopped here',
  UND_ERR_INVALID_ARG: 'not a valid request',
};

/** By code only: an error's message may hold an address with a secret in it. */
export function whyNot(error: Error): string {
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return 'answer is not HTTP';
  return reasons[code] ?? (code.startsWith('ERR_SSL_') ? 'TLS failed' : code);
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  const inner = (error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined;
  return inner?.code ?? error.name;
}
