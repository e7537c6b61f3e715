import { describe, expect, it } from '@jest/globals';
import { createLog } from '#service';
import { hearRing } from './hear-ring.js';

function hearing(isHolder: boolean, isStopping = false) {
  const did: string[] = [];
  const hear = hearRing({
    relay: { ring: () => void did.push('relay'), isHolder: () => isHolder },
    plan: { run: (streams, by) => (did.push(`${by} ${streams.join()}`), Promise.reject(new Error('away'))) },
    stopping: () => isStopping,
    log: createLog('spec', 'silent'),
  });
  return { hear, did };
}

describe('a ring', () => {
  it('has the streams that it names planned by the instance that relays, and by no other', () => {
    const [holder, other, ending] = [hearing(true), hearing(false), hearing(true, true)];
    for (const { hear } of [holder, other, ending]) hear(['7', '8']);
    expect([holder.did, other.did, ending.did]).toEqual([['ring 7,8'], [], []]);
  });

  it('wakes the relay where it names none, or nothing that could be a stream', () => {
    const { hear, did } = hearing(true);
    hear([]);
    hear(['x', '-1', '99999999999999999999']);
    expect(did).toEqual(['relay', 'relay']);
  });
});
