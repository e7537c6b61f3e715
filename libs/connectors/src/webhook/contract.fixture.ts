import type { ContractVersion } from '#wire';

/** A ministry's own address, with two secrets while it changes them. */
export const webhookContract = (baseUrl: string, ...secrets: string[]): ContractVersion => ({
  validFrom: '2020-01-01',
  owner: 'G01',
  protocol: 'webhook',
  endpoint: {
    baseUrl,
    login: { kind: 'webhook', secrets: secrets.length > 0 ? secrets : ['WEBHOOK_NEW', 'WEBHOOK_OLD'] },
  },
  receives: [],
  sends: [],
  limits: { inFlight: 4, timeout: '5s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [
    { when: { status: '2xx' }, means: 'accepted' },
    { when: { status: [429, 503] }, means: 'busy' },
  ],
  onDuplicate: 'refuse',
});
