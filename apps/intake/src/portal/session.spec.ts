import { describe, expect, it } from '@jest/globals';
import { hashKey } from '#ledger';
import { Sessions } from './session.js';

const MINUTES = 60_000;

function office(keys: Record<string, string[]>, clock = { now: 1_000 }) {
  const sessions = () =>
    new Sessions(
      (agency) => Promise.resolve((keys[agency] ?? []).map(hashKey)),
      10 * MINUTES,
      () => clock.now,
    );
  return { clock, one: sessions(), another: sessions() };
}

describe('a session of the door', () => {
  it('is its agency’s at every instance until its time is over', async () => {
    const { clock, one, another } = office({ 'mot-cua': ['key-1', 'key-2'], khac: ['key-3'] });
    const session = one.open('mot-cua', 'key-2');
    expect(session).not.toContain('key');
    expect(await another.agencyOf(session)).toBe('mot-cua');
    clock.now += 10 * MINUTES - 1;
    expect(await one.agencyOf(session)).toBe('mot-cua');
    clock.now += 1;
    expect(await one.agencyOf(session)).toBeUndefined();
  });

  it('ends with the key that opened it, and no other', async () => {
    const keys = { 'mot-cua': ['old', 'new'] };
    const { one, another } = office(keys);
    const [old, fresh] = [one.open('mot-cua', 'old'), one.open('mot-cua', 'new')];
    keys['mot-cua'] = ['new'];
    expect(await another.agencyOf(old)).toBeUndefined();
    expect(await another.agencyOf(fresh)).toBe('mot-cua');
  });

  it('can’t be made up, lengthened or handed to another agency', async () => {
    const { one } = office({ 'mot-cua': ['key-1'], khac: ['key-1'] });
    const session = one.open('mot-cua', 'key-1');
    const [form = '', agency = '', until = '', nonce = '', signature = ''] = session.split('.');
    const made = [
      [form, 'khac', until, nonce, signature],
      [form, agency, `${until}0`, nonce, signature],
      [form, agency, until, 'A'.repeat(16), signature],
      [form, agency, until, nonce, 'A'.repeat(43)],
    ].map((parts) => parts.join('.'));
    for (const wrong of [...made, `${session}A`, '', 'SESSION-MAU-0001', undefined, null, 1, {}, 'x'.repeat(100_000)])
      expect(await one.agencyOf(wrong)).toBeUndefined();
  });
});
