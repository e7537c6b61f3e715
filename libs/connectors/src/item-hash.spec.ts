import { describe, expect, it } from '@jest/globals';

import { itemHash } from '#wire';

import { outgoing, recordCase, sample } from './case.fixture.js';
import { cloudEventOf } from './cloud-event.js';

/** Both sides' books compare these hashes: these were computed outside this project, from the samples. */
describe('the hash of what a partner stores', () => {
  it('of a judicial-record application leaves the key out', () => {
    const { authKey: _, ...item } = sample('lltp-gen2/b-gui-ho-so.request.json');
    expect(itemHash(item)).toBe('d78732eab5350fc1ff1847911c26837d8c8284a3e6488c423ab173177ed71add');
  });

  it('of a case at the portal is that of its row, without session and envelope', () => {
    const { data } = sample<{ data: unknown[] }>('national-portal/DongBoHoSoMC.add.request.json');
    expect(itemHash(data[0])).toBe('1d07bd71104b0da601a7e07190297f2882aa88804600f492be650c56a8a1ef95');
    const { data: rows } = sample<{ data: unknown[] }>('national-portal/CapNhatTienDoHoSoMC.request.json');
    expect(rows.map(itemHash)).toEqual([
      'b73374429e737b7b08243fc410a64f1c183520f1fa37bb11a8d950ff8a6d9710',
      '4ac428b9c2df4948b44d9073e5d8fd5915ef2ef37632ca415788a2c21d31ca44',
    ]);
  });

  it('of a CloudEvent is that of its whole body', () => {
    const event = outgoing('status-changed', recordCase, {
      sequence: 2,
      status: 4,
      data: { at: '2024-11-13T09:00:00+07:00', status: 4 },
    });
    expect(itemHash(cloudEventOf(event))).toBe('317759dbc253af8a862318278810b065f204f4ad39ad97fdd8dbd54b72029fc9');
  });

  it('doesn’t depend on the order of members, and does on everything else', () => {
    expect(itemHash({ b: 1, a: 'ổ' })).toBe(itemHash({ a: 'ổ', b: 1 }));
    expect(itemHash({ a: 'ổ'.normalize('NFD') })).not.toBe(itemHash({ a: 'ổ' }));
    expect(itemHash({ a: '1' })).not.toBe(itemHash({ a: 1 }));
  });
});
