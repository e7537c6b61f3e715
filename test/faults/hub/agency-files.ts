import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgencyFile, ContractVersion } from '#wire';
import type { PartnerTerms } from '../evidence.js';
import { terms } from '../partners/terms.js';

const everything = [
  ...['case.received', 'case.supplemented', 'case.status-changed'],
  ...['case.result-issued', 'case.result-revoked', 'case.withdrawn'],
];
const retry = { first: '500ms', factor: 2, atMost: '5s', giveUpAfter: '1h' };

/** The one-stop that enters all cases, and the four partners that must know of each event. Written as YAML, which JSON is. */
export function writeAgencyFiles(folder: string, ports: Record<string, number>): void {
  mkdirSync(folder, { recursive: true });
  const files = [agency('mot-cua', oneStop), ...terms.map((of) => agency(of.name, contractOf(of, ports[of.name]!)))];
  for (const file of files) writeFileSync(join(folder, `${file.id}.yaml`), JSON.stringify(file));
}

const agency = (id: string, version: ContractVersion): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  // The older version was never in force while this runs: an attempt that names it is wrong.
  versions: [{ ...version, validFrom: '2018-01-01' }, version],
});

const oneStop: ContractVersion = {
  validFrom: '2025-03-01',
  owner: 'H49',
  protocol: 'topic',
  receives: [],
  sends: everything,
  limits: { inFlight: 1, timeout: '5s' },
  retry,
  replies: [],
  onDuplicate: 'refuse',
};

const contractOf = (of: PartnerTerms, port: number): ContractVersion => ({
  validFrom: '2025-03-01',
  owner: 'H49',
  protocol: 'http-json',
  endpoint: { baseUrl: `http://127.0.0.1:${port}/items` },
  receives: [{ procedures: ['*'], events: everything }],
  sends: [],
  limits: {
    inFlight: of.inFlight,
    timeout: `${of.timeoutMs}ms`,
    settle: `${of.settleMs}ms`,
    itemsPerRequest: of.itemsPerRequest,
  },
  breaker: { opensAfter: 5, probeFirst: '500ms', probeAtMost: '2s' },
  retry,
  replies: [
    { when: { status: '2xx' }, means: 'accepted' },
    { when: { status: 422 }, means: 'refused' },
    { when: { status: [429, 503] }, means: 'busy' },
  ],
  onDuplicate: 'refuse',
  ...(of.fullStates.length > 0 ? { fullStates: of.fullStates } : {}),
  ...(of.hasLookUp ? { lookUp: { proves: 'event' as const } } : {}),
  settings: {
    ...(of.itemsPerRequest > 1 ? { rowsAt: 'rows', rowKey: 'key' } : {}),
    ...(of.hasLookUp ? { lookUpPath: '/items' } : {}),
  },
});
