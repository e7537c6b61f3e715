import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

import { isPrivateAddress } from './private-address.js';

type Resolve = (
  host: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;
const system: Resolve = (host, options, done) => lookup(host, { ...options, all: true }, done);

/**
 * A partner's name is asked for once at a time, however many connections wait for it. The system's resolver has few
 * threads for all of us: those of a dead name server would keep others from being looked up. What is checked here is what is
 * connected to: a name that leads elsewhere the next moment is checked again.
 */
export function lookUpOnce(resolve: Resolve = system, mayBePrivate = true): LookupFunction {
  const waiting = new Map<string, ((error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void)[]>();
  return (host, options, done) => {
    const key = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void => {
      const [address] = addresses;
      if (error || !address) done(error ?? noAddress(), '', 0);
      else if (!mayBePrivate && addresses.some((one) => isPrivateAddress(one.address))) done(privateAddress(), '', 0);
      else if (options.all) done(null, addresses);
      else done(null, address.address, address.family);
    };
    const others = waiting.get(key);
    if (others) {
      others.push(answer);
      return;
    }
    const all = [answer];
    waiting.set(key, all);
    resolve(host, options, (error, addresses) => {
      waiting.delete(key);
      for (const each of all) each(error, addresses ?? []);
    });
  };
}

const noAddress = (): NodeJS.ErrnoException => Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
const privateAddress = (): NodeJS.ErrnoException =>
  Object.assign(new Error('private address'), { code: 'PRIVATE_ADDRESS' });
