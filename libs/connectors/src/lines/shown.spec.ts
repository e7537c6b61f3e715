import { describe, expect, it } from '@jest/globals';

import { contractOf, portalCase, recordCase, sample, sending } from '../case.fixture.js';
import { LltpConnector } from '../lltp-gen2/connector.js';
import { NationalPortalConnector } from '../national-portal/connector.js';
import { json, startPartner } from '../testing/partner.js';
import type { Reported } from '../connector.js';
import { resultShown } from './shown.js';

const report = (type: string, data: object): Reported =>
  ({ type: `vn.lienthong.case.${type}.v1`, data, state: '', files: [] }) as unknown as Reported;
const issued = report('result-issued', {
  documents: [{ sha256: 'a'.repeat(64) }],
  judicialRecord: { number: '00001/LLTP' },
});

describe('a result as one case’s reports tell it', () => {
  it('has the record’s number and file, and stands until it was revoked', () => {
    const shown = { resultNumber: '00001/LLTP', resultFile: 'a'.repeat(64) };
    expect(resultShown([issued])).toEqual({ ...shown, resultStands: 'yes' });
    expect(resultShown([issued, report('result-revoked', {})])).toEqual({ ...shown, resultStands: 'revoked' });
    expect(resultShown([])).toEqual({ resultNumber: null, resultFile: null, resultStands: 'no' });
  });
});

describe('what a partner shows of one case', () => {
  it('is a status and a result where the protocol tells them, or that there is no such case', async () => {
    const partner = await startPartner(json({}));
    const contract = contractOf('lltp', partner.url);
    const connector = new LltpConnector(contract);
    const done = sample<{ value: { maHoSoMCDT: string }[] }>('lltp-gen2/c-ket-qua.done.json');
    const ask = () => connector.showCase(done.value[0]!.maHoSoMCDT, recordCase, sending(contract));
    partner.answers(json(done));
    expect(await ask()).toMatchObject({ kind: 'shown', fields: { resultStands: 'yes' } });
    partner.answers(json(sample('lltp-gen2/c-ket-qua.unknown.inferred.json')));
    expect(await ask()).toEqual({ kind: 'absent' });
    partner.answers(json({}, 503));
    expect(await ask()).toMatchObject({ kind: 'busy' });
    await connector.close(0);
    await partner.stop();
  });

  it('is the portal’s status of it', async () => {
    let result: unknown[] = [{ MAHOSO: portalCase.code, TRANGTHAIHOSO: 4 }];
    const partner = await startPartner(
      (arrived, response, request) =>
      json('username' in arrived.json ? { session: 'S', error_code: 0 } : { error_code: '0', result })(arrived, response, request), // prettier-ignore
    );
    const contract = contractOf('cong-dvc', partner.url);
    const connector = new NationalPortalConnector(contract);
    const ask = () => connector.showCase(portalCase.code, portalCase, sending(contract));
    expect(await ask()).toEqual({ kind: 'shown', fields: { status: '4' } });
    result = [];
    expect(await ask()).toEqual({ kind: 'absent' });
    await connector.close(0);
    await partner.stop();
  });
});
