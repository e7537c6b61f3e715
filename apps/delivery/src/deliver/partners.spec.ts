import { describe, expect, it } from '@jest/globals';
import type { Connector } from '#connectors';
import type { ContractBook } from '#ledger';
import type { ContractVersion } from '#wire';
import { passThrough } from '../../../../libs/connectors/src/pass-through.fixture.js';
import { Partners } from './partners.js';

function agreed(contract: ContractVersion) {
  const book = { versions: [contract] };
  const made: { contract: ContractVersion; closed: boolean }[] = [];
  const partners = new Partners({ all: () => [{ id: 'a', ...book }] } as unknown as ContractBook, (_, __, given) => {
    const one = { contract: given, closed: false };
    made.push(one);
    return { close: () => Promise.resolve(void (one.closed = true)) } as unknown as Connector;
  });
  return { made, partners, change: (more: Partial<ContractVersion>) => (book.versions = [{ ...contract, ...more }]) };
}

describe('a contract that changes while the process runs', () => {
  it('gets a new connector for whatever a connector is made of, and the old one ends', () => {
    const contract = passThrough('http://127.0.0.1:1');
    const changes: Partial<ContractVersion>[] = [
      { operations: { create: { events: ['case.received'], item: { a: 1 } } } },
      { codeTables: { t: [{ validFrom: '2020-01-01', codes: { a: 1 } }] } },
      { discloses: { fields: ['applicant.name'], basis: 'x' } },
      { lookUp: { proves: 'event' } },
      { collect: { ask: 'per-case', until: [9], every: '1m' } },
      { endpoint: { baseUrl: 'http://127.0.0.1:2' } },
      { limits: { ...contract.limits, timeout: '9s' } },
      { settings: { rowKey: 'x' } },
    ];
    const { made, partners, change } = agreed(contract);
    const first = partners.find('a', contract.validFrom);
    expect(partners.find('a', contract.validFrom)).toBe(first);
    for (const [n, more] of changes.entries()) {
      change(more);
      expect(partners.find('a', contract.validFrom)?.contract).toMatchObject(more);
      expect(made).toHaveLength(n + 2);
      expect(made.map(({ closed }) => closed)).toEqual([...Array<boolean>(n + 1).fill(true), false]);
    }
  });

  it('keeps its connections where only rules changed', () => {
    const contract = passThrough('http://127.0.0.1:1');
    const { made, partners, change } = agreed(contract);
    partners.find('a', contract.validFrom);
    change({ replies: [], retry: { ...contract.retry, first: '9s' }, onDuplicate: 'update' });
    expect(partners.find('a', contract.validFrom)?.terms.policy.retry.firstMs).toBe(9_000);
    expect(made).toMatchObject([{ closed: false }]);
  });
});
