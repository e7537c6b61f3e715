import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { contractOf, holdingPdf, outgoing, pdfHash, recordCase, sample, secrets, sending } from '../case.fixture.js';
import type { OutgoingEvent, PreparedItem } from '../connector.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { LltpConnector } from './connector.js';

let lltp: ScriptedPartner;
let connector: LltpConnector;
const contract = () => contractOf('lltp', lltp.url);
const received = outgoing('received', recordCase);

async function prepared(event: OutgoingEvent): Promise<PreparedItem> {
  const mapped = await connector.prepare(event, contract(), holdingPdf);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
}
const lookUp = async (event: OutgoingEvent) => connector.lookUp(await prepared(event), event, sending(contract()));
const collect = () => connector.collect(recordCase.code, recordCase, sending(contract()));

beforeEach(async () => {
  lltp = await startPartner(json(sample('lltp-gen2/b-gui-ho-so.success.json')));
  connector = new LltpConnector(contract(), () => Date.parse('2024-11-21T09:30:00Z'));
});
afterEach(async () => {
  await lltp.stop();
  await connector.close();
});

describe('the judicial-record software', () => {
  it('gets the item with the key put in only on the way', async () => {
    const item = await prepared(received);
    expect(JSON.stringify(item)).not.toContain(secrets['LLTP_KEY']);
    expect(await connector.send(item, received, sending(contract()))).toMatchObject({
      kind: 'answered',
      json: { status: '1' },
    });
    expect(lltp.arrived[0]?.path).toBe('/api/lltp/gui-ho-so');
    const { authKey, ...rest } = lltp.arrived[0]?.json ?? {};
    expect(authKey).toBe(secrets['LLTP_KEY']);
    expect(rest).toEqual(item.item);
  });

  it('is sent nothing while the key can’t be read', async () => {
    const noKey = sending(contract(), {
      secret: () => {
        throw new Error('/secrets/LLTP_KEY: ENOENT');
      },
    });
    expect(await connector.send(await prepared(received), received, noKey)).toEqual({
      kind: 'unsent',
      reason: "could not be sent: the secret LLTP_KEY can't be read",
    });
    expect(lltp.arrived).toHaveLength(0);
  });

  it('is asked for one case as the source’s sample shows', async () => {
    lltp.answers(json(sample('lltp-gen2/c-ket-qua.done.json')));
    const collected = await collect();
    expect(lltp.arrived[0]?.path).toBe('/api/lltp/ket-qua');
    expect(lltp.arrived[0]?.json).toEqual({
      ...sample<object>('lltp-gen2/c-ket-qua.request.json'),
      authKey: secrets['LLTP_KEY'],
    });
    expect(collected).toMatchObject({ kind: 'reported', reports: [{ files: [{ sha256: pdfHash }] }] });
  });

  it('that doesn’t know the case yet, or can’t answer, is asked again', async () => {
    lltp.answers(json(sample('lltp-gen2/c-ket-qua.unknown.inferred.json')));
    expect(await collect()).toEqual({ kind: 'not-yet' });
    lltp.answers(json({ status: 0, statusDescription: 'Xác thực không hợp lệ', value: [] }));
    expect(await collect()).toMatchObject({ kind: 'busy' });
    lltp.answers((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>status: 1</html>'),
    );
    expect(await collect()).toMatchObject({ kind: 'busy' });
    lltp.answers((_, __, request) => request.socket.destroy());
    expect(await collect()).toMatchObject({ kind: 'busy' });
    lltp.answers(json({ message: 'bận' }, 503));
    expect(await collect()).toEqual({ kind: 'busy', reason: 'HTTP 503' });
  });

  it('that shows the case holds what was received, but proves no supplement', async () => {
    lltp.answers(json(sample('lltp-gen2/c-ket-qua.pending.json')));
    expect(await lookUp(received)).toEqual({ kind: 'held' });
    expect(await lookUp(outgoing('supplemented', recordCase, { sequence: 4, status: 5 }))).toEqual({ kind: 'unknown' });
  });

  it('that shows no such case holds nothing; any other answer proves nothing', async () => {
    lltp.answers(json(sample('lltp-gen2/c-ket-qua.unknown.inferred.json')));
    expect(await lookUp(received)).toEqual({ kind: 'not-held' });
    expect(await lookUp(outgoing('supplemented', recordCase))).toEqual({ kind: 'not-held' });
    lltp.answers(json({ status: 1, statusDescription: '', value: [] }));
    expect(await lookUp(received)).toEqual({ kind: 'unknown' });
    lltp.answers(json({ status: 0, statusDescription: 'Xác thực không hợp lệ', value: [] }));
    expect(await lookUp(received)).toMatchObject({ kind: 'busy' });
    lltp.answers((_, __, request) => request.socket.destroy());
    expect(await lookUp(received)).toMatchObject({ kind: 'busy' });
  });
});
