import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdingPdf, outgoing, pdf, recordCase } from '../case.fixture.js';
import { json } from '../testing/partner.js';
import { Described } from './described.fixture.js';

let axis: Described;
beforeEach(async () => {
  axis = await Described.by('document-axis');
  axis.partner.answers(json({ data: { errorCode: 0 } }));
});
afterEach(() => axis.end());

const [document] = recordCase.documents!;
const withDocument = (more: object) =>
  outgoing('received', { ...recordCase, documents: [{ ...document!, ...more }], summary: 'Đề nghị' });

describe('a form of parts', () => {
  it('carries fields, JSON, a document made here, and files of the store, byte for byte', async () => {
    const event = withDocument({ name: 'đơn "1".pdf' });
    expect(await axis.hears(event)).toEqual({ kind: 'accepted' });
    const { headers, body } = axis.partner.arrived[0]!;
    expect(headers).toMatchObject({ 'x-systemid': 'lien-thong', 'x-secretkey': 'value-of-AXIS_KEY' });
    const form = await new Response(body, { headers: { 'content-type': headers['content-type']! } }).formData();
    expect([form.get('messageType'), form.get('thongTin')]).toEqual(['edoc', `{"ma":"${recordCase.code}"}`]);
    const made = form.get('edocFile') as File;
    expect([made.name, made.type]).toEqual([`${recordCase.code}.edxml`, 'application/xml']);
    expect(await made.text()).toContain('<edXMLEnvelope><Subject>Đề nghị</Subject>');
    const file = form.get('dinhKem') as File;
    expect([file.name, file.type]).toEqual(['đơn "1".pdf', 'application/pdf']);
    expect(Buffer.from(await file.arrayBuffer()).equals(pdf)).toBe(true);
  });

  it('keeps references in its item and no bytes', async () => {
    const { item } = await axis.prepared(withDocument({}));
    expect(item).toMatchObject({ tep: [{ sha256: document!.sha256 }] });
    expect(JSON.stringify(item)).not.toContain(pdf.toString('base64'));
  });

  it('isn’t made of a file that is longer than the partner takes: it waits for a person, by the part’s name', async () => {
    const tooLong = withDocument({ size: 1_048_577 });
    expect(await axis.connector.prepare(tooLong, axis.contract, holdingPdf)).toMatchObject({
      kind: 'unmappable',
      reason: 'operations.send.body.dinhKem.give: the file is longer than 1 MiB',
    });
    const lying = () => Promise.resolve(Buffer.alloc(1_048_577));
    expect(await axis.says(withDocument({}), { file: lying })).toEqual({
      kind: 'unmade',
      reason: 'body.dinhKem: the file is longer than 1 MiB',
    });
    expect(axis.partner.arrived).toEqual([]);
  });

  it('isn’t made without the file: named, and nothing left', async () => {
    const none = () => Promise.reject(Object.assign(new Error('none'), { code: 'FILE_NOT_HELD' }));
    expect(await axis.says(withDocument({}), { file: none })).toEqual({
      kind: 'unmade',
      reason: 'body.dinhKem: the file isn’t held',
    });
    expect(axis.partner.arrived).toEqual([]);
  });
});

it('a part stands in a multipart body only', async () => {
  const given = Described.by('document-axis', [['encoding: multipart', 'encoding: json']]);
  await expect(given).rejects.toThrow('operations.send.body.edocFile: a part stands in a multipart body only');
});
