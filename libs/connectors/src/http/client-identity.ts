import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What we show to a partner that asks who we are, PEM; `ca`: whom we trust there instead of the system's authorities. */
export interface ClientIdentity {
  cert: string;
  key: string;
  ca?: string;
}

interface Looked {
  cert: string;
  key: string;
  from: number;
  until: number;
  wrong: string | undefined;
}

let last: Looked | undefined;

/** Why it can't be shown now; undefined: it can. A partner would only close the connection, and we would be in doubt. */
export function whyNotShown({ cert, key }: ClientIdentity, now: number): string | undefined {
  if (last?.cert !== cert || last.key !== key) last = looked(cert, key);
  const { wrong, from, until } = last;
  if (wrong !== undefined) return wrong;
  if (now > until) return `our certificate expired on ${new Date(until).toISOString().slice(0, 10)}`;
  return now < from ? `our certificate isn’t valid before ${new Date(from).toISOString().slice(0, 10)}` : undefined;
}

function looked(cert: string, key: string): Looked {
  const none = { cert, key, from: 0, until: 0 };
  try {
    const certificate = new X509Certificate(cert);
    const from = Date.parse(certificate.validFrom);
    const until = Date.parse(certificate.validTo);
    const fits = certificate.checkPrivateKey(createPrivateKey(key));
    return { cert, key, from, until, wrong: fits ? undefined : 'our certificate and its key don’t belong together' };
  } catch {
    return { ...none, wrong: 'our certificate or its key can’t be read' };
  }
}

export const isSameIdentity = (a: ClientIdentity | undefined, b: ClientIdentity | undefined): boolean =>
  a?.cert === b?.cert && a?.key === b?.key && a?.ca === b?.ca;
