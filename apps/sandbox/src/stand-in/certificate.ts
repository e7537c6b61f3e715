import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Identity {
  key: string;
  cert: string;
}

interface Validity {
  from: Date;
  until: Date;
}

const dayMs = 86_400_000;
export const daysFromNow = (days: number): Date => new Date(Date.now() + days * dayMs);
const decade = (): Validity => ({ from: daysFromNow(-1), until: daysFromNow(3_650) });
const called = 'Lien Thong sandbox';

/** Signs what a stand-in's TLS side shows. Made once for a file, so that whoever trusts it goes on doing so after a restart. */
export class SandboxAuthority {
  private constructor(
    private readonly key: KeyObject,
    /** Its own certificate, PEM: to be trusted by the hub (`NODE_EXTRA_CA_CERTS`). */
    readonly cert: string,
  ) {}

  static fresh(): SandboxAuthority {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const constraints = sequence(oid('2.5.29.19'), bool(true), octets(sequence(bool(true))));
    return new SandboxAuthority(privateKey, certificate(called, publicKey, privateKey, decade(), constraints));
  }

  /** `<file>.pem` is its certificate, `<file>.key.pem` its key. */
  static kept(file: string): SandboxAuthority {
    if (existsSync(`${file}.key.pem`))
      return new SandboxAuthority(
        createPrivateKey(readFileSync(`${file}.key.pem`)),
        readFileSync(`${file}.pem`, 'utf8'),
      );
    const made = SandboxAuthority.fresh();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.pem`, made.cert);
    writeFileSync(`${file}.key.pem`, made.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return made;
  }

  issue(hosts: readonly string[], valid: Validity = decade()): Identity {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = sequence(oid('2.5.29.17'), octets(sequence(...hosts.map(hostName))));
    return {
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      cert: certificate(hosts[0] ?? called, publicKey, this.key, valid, names),
    };
  }
}

/** X.509 (RFC 5280), written out: the runtime reads certificates and makes none. */
function certificate(
  subject: string,
  of: KeyObject,
  by: KeyObject,
  { from, until }: Validity,
  extension: Buffer,
): string {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(called),
    sequence(time(from), time(until)),
    commonName(subject),
    of.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(extension)),
  );
  const signed = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.from([0]), sign('sha256', body, by)));
  const lines = signed.toString('base64').replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
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
const commonName = (text: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(text)))));
const hostName = (host: string): Buffer =>
  /^[\d.]+$/.test(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const septets = rest.flatMap((part) => {
    const bytes = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) bytes.unshift((left & 127) | 128);
    return bytes;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...septets]));
}
