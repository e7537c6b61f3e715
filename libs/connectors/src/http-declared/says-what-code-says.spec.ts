import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAgencyFile, type ContractVersion } from '#wire';
import { validApplication } from '../application.arbitrary.js';
import { holdingPdf, outgoing, pdfHash } from '../case.fixture.js';
import { catalogueOf, mapCase } from '../national-portal/map-case.js';
import { DeclaredConnector } from './connector.js';

const yaml = join(import.meta.dirname, '../../../../libs/connectors/src/http-declared/portal.fixture.yaml');
const contract = parseAgencyFile(readFileSync(yaml, 'utf8'), {}).versions[0]!;
const connector = new DeclaredConnector(contract);
const catalogue = {
  filesUrl: 'http://127.0.0.1:8081/v1/files/',
  ...catalogueOf({
    settings: {
      'field.2.000488': 'G15-TP10; Lý lịch tư pháp',
      'field.3.000333': 'G01-CA10; Lý lịch tư pháp',
      'result.2.000488': 'KQ.G15.000031',
    },
  } as unknown as ContractVersion),
};
afterAll(() => connector.close());

const result = {
  status: 9,
  at: '2024-11-20T16:00:00+07:00',
  documents: [{ sha256: pdfHash, name: 'kq.pdf', mediaType: 'application/pdf', size: 1, label: 'Phiếu' }],
};

describe('the portal’s item, said by a file', () => {
  it('is the one that code makes, byte for byte, or neither can be made', () =>
    fc.assert(
      fc.asyncProperty(
        validApplication,
        fc.constantFrom('received' as const, 'supplemented' as const, 'result-issued' as const),
        fc.constantFrom('2.000488', '3.000333', '1.000001'),
        fc.constantFrom(undefined, '079200000123', '123456789', '12345', '07920000012x'),
        async (application, what, procedure, idNumber) => {
          const applicant = { ...application.applicant, ...(idNumber === undefined ? {} : { idNumber }) };
          const mine = { ...application, applicant, procedure: { ...application.procedure, code: procedure } };
          const event = outgoing(what, mine, what === 'result-issued' ? { data: result } : {});
          const [declared, coded] = [await connector.prepare(event, contract, holdingPdf), mapCase(event, catalogue)];
          expect(declared.kind).toBe(coded.kind);
          if (declared.kind === 'prepared') expect(JSON.stringify(declared)).toBe(JSON.stringify(coded));
        },
      ),
      { numRuns: 300 },
    ));
});
