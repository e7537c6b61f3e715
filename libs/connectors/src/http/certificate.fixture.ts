import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What a TLS server shows, made when a spec runs: nothing in the repository expires. */
export interface Identity {
  key: string;
  cert: string;
}

export class Authority {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** Its own certificate, to be trusted. */
  readonly cert: string;

  constructor(private readonly called = 'Spec authority') {
    this.cert = certificate(called, called, this.keys.publicKey, this.keys.privateKey, decade, [
      sequence(oid('2.5.29.19'), bool(true), octets(sequence(bool(true)))),
    ]);
  }

  issue(host: string, valid: { from: Date; until: Date } = decade): Identity {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = sequence(tagged(0x82, Buffer.from(host)));
    const cert = certificate(this.called, host, publicKey, this.keys.privateKey, valid, [
      sequence(oid('2.5.29.17'), octets(names)),
    ]);
    return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
  }
}

const day = 86_400_000;
export const daysFromNow = (days: number): Date => new Date(Date.now() + days * day);
const decade = { from: daysFromNow(-3_650), until: daysFromNow(3_650) };

function certificate(
  issuer: string,
  subject: string,
  publicKey: KeyObject,
  issuerKey: KeyObject,
  { from, until }: { from: Date; until: Date },
  extensions: Buffer[],
): string {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = tagged(0x03, Buffer.from([0]), sign('sha256', body, issuerKey));
  const base64 = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const octets = (content: Buffer): Buffer => tagged(0x04, content);
const bool = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 255 : 0]));
const time = (at: Date): Buffer => tagged(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]|\..*/g, '')}Z`));
const name = (common: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(common)))));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const septets = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift((left & 127) | 128);
    bytes.push(...septets);
  }
  return tagged(0x06, Buffer.from(bytes));
}
