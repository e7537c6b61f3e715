import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { outgoing, recordCase } from '../case.fixture.js';
import type { OutgoingEvent } from '../connector.js';
import { readXml } from '../xml/read-xml.js';
import { writeXml } from '../xml/write-xml.js';
import { Described, xml } from './described.fixture.js';

let register: Described;
beforeEach(async () => {
  register = await Described.by('register');
});
afterEach(() => register.end());

const received = outgoing('received', recordCase);
const progress = (code: string): OutgoingEvent =>
  outgoing(
    'status-changed',
    { ...recordCase, code },
    { caseCode: code, data: { status: 4, at: '2024-11-13T09:00:00+07:00' } },
  );
const soap = (body: string): string =>
  `<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><t:x xmlns:t="u">1</t:x></S:Header><S:Body>${body}</S:Body></S:Envelope>`;
const taken = soap(
  `<n:DangKyResponse xmlns:n="urn:ho-tich"><n:MaLoi>00</n:MaLoi><MaHoSo>${recordCase.code}</MaHoSo></n:DangKyResponse>`,
);

describe('a request in XML', () => {
  it('has one root, attributes, an envelope, credentials, and its elements in the file’s order', async () => {
    register.partner.answers(xml(taken));
    expect(await register.hears(received)).toEqual({ kind: 'accepted' });
    const { headers, body } = register.partner.arrived[0]!;
    expect(headers).toMatchObject({ soapaction: 'urn:dangKy', 'content-type': 'text/xml; charset=utf-8' });
    const hash = Buffer.from('hub:value-of-REGISTER').toString('base64');
    expect(body).toContain(
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ht="urn:ho-tich"><soap:Header><ht:AuthHash>${hash}</ht:AuthHash></soap:Header><soap:Body><ht:DangKy><MaYeuCau>`,
    );
    expect(body.replace(/>[^<]*</g, '><')).toMatch(
      /<MaYeuCau><\/MaYeuCau><MaDVC>.*<MaHoSo>.*<NguoiYeuCau loai="citizen"><HoTen>.*<SoDinhDanh>.*<GiayTo ten="to-khai.pdf">/,
    );
  });

  it('keeps that order for an item whose members a person’s edit has sorted', async () => {
    register.partner.answers(xml(taken));
    const { operation, item } = await register.prepared(received);
    const sorted = Object.fromEntries(Object.entries(item as object).sort(([a], [b]) => (a < b ? 1 : -1)));
    await register.connector.send({ operation, item }, received, register.context());
    await register.connector.send({ operation, item: sorted }, received, register.context());
    expect(register.partner.arrived[1]?.body).toBe(register.partner.arrived[0]?.body);
  });

  it('that can’t be written waits for a person, the element named and no value', async () => {
    const unwritable = { ...recordCase, applicant: { ...recordCase.applicant, name: 'A\u0001' } };
    const mapped = await register.connector.prepare(outgoing('received', unwritable), register.contract, () =>
      Promise.reject(new Error()),
    );
    expect(mapped).toEqual({
      kind: 'unmappable',
      operation: 'register',
      reason: 'operations.register.body: HoTen has a sign that XML can’t hold',
    });
  });

  it('escapes what a value holds: no value makes an element', () => {
    const value = { a: { '@b': 'x"<&>\n', c: ['1 < 2 & 3 > "2"', '</c>'] } };
    expect(readXml(writeXml(value))).toEqual({ a: { '@b': 'x"<&>\n', c: ['1 < 2 & 3 > "2"', '</c>'] } });
  });
});

describe('an answer in XML', () => {
  it.each<[string, string, number, object]>([
    [
      'a fault',
      soap('<S:Fault><faultcode>ht:Sai</faultcode><faultstring>Thi&#7871;u ngày sinh</faultstring></S:Fault>'),
      500,
      { kind: 'refused', reason: 'Thiếu ngày sinh' },
    ],
    ['a duplicate', soap('<S:Fault><faultcode>ht:DaCo</faultcode></S:Fault>'), 500, { kind: 'already-held' }],
    ['words in numbers', '<r>H&#7879; th&#7889;ng &#273;ang b&#7843;o tr&#236;</r>', 200, { kind: 'busy' }],
    [
      'another case',
      taken.replace(recordCase.code, 'H99-1'),
      200,
      { kind: 'doubt', reason: 'the answer is for another case' },
    ],
    ['what no rule knows', '<r><Ma>77</Ma></r>', 200, { kind: 'doubt', answered: true }],
  ])('is told by the same paths: %s', async (_, text, status, expected) => {
    register.partner.answers(xml(text, status));
    expect(await register.hears(received)).toMatchObject(expected);
  });

  it('has rows, be they many, one alone or none', async () => {
    register.partner.answers(
      xml(
        '<KetQua><Dong><MaHoSo>A</MaHoSo><Ma>0</Ma></Dong><Dong><MaHoSo>B</MaHoSo><Ma>1</Ma><LyDo>Sai</LyDo></Dong></KetQua>',
      ),
    );
    const three = ['A', 'B', 'C'].map(progress);
    expect(await register.hearsOf(three)).toEqual([
      { kind: 'accepted' },
      { kind: 'refused', reason: 'Sai' },
      undefined,
    ]);
    expect(register.partner.arrived[0]?.body).toContain(
      '<DanhSach><Dong><MaHoSo>A</MaHoSo><TrangThai>4</TrangThai></Dong><Dong>',
    );
    register.partner.answers(xml('<KetQua><Dong><MaHoSo>A</MaHoSo><Ma>0</Ma></Dong></KetQua>'));
    expect(await register.hearsOf(three.slice(0, 1))).toEqual([{ kind: 'accepted' }]);
    register.partner.answers(xml('<KetQua><Dong/></KetQua>'));
    expect(await register.hearsOf(three.slice(0, 1))).toEqual([undefined]);
  });

  it('is proof and report by its attributes and elements', async () => {
    const of = (state: string, note = ''): string =>
      `<HoSo ton-tai="true"><TrangThai>${state}</TrangThai><GhiChu>${note}</GhiChu><QuaTrinh><Buoc luc="20/11/2024 16:00:00"/></QuaTrinh></HoSo>`;
    const item = await register.prepared(received);
    register.partner.answers(xml(of('1')));
    expect(await register.connector.lookUp?.(item, received, register.context())).toEqual({ kind: 'held' });
    register.partner.answers(xml('<HoSo ton-tai="false"/>'));
    expect(await register.connector.lookUp?.(item, received, register.context())).toEqual({ kind: 'not-held' });
    register.partner.answers(xml(of('4', 'Đã in'.normalize('NFD'))));
    expect(await register.connector.collect?.(recordCase.code, recordCase, register.context())).toMatchObject({
      kind: 'reported',
      reports: [{ data: { status: 9, at: '2024-11-20T16:00:00+07:00', note: 'Đã in' } }],
    });
  });
});

describe('hostile XML is doubt, and the next answer is read', () => {
  const bomb = `<!DOCTYPE KetQua [<!ENTITY a "0">${'bcdefghij'
    .split('')
    .map((n, i) => `<!ENTITY ${n} "${`&${'abcdefghi'[i]};`.repeat(10)}">`)
    .join('')}]><Ma>&j;</Ma>`;
  it.each<[string, string | Buffer, type?: string]>([
    ['entities that grow', bomb],
    ['an external entity', '<!DOCTYPE KetQua [<!ENTITY x SYSTEM "file:///etc/passwd">]><KetQua><Ma>0</Ma>&x;</KetQua>'],
    ['a document type elsewhere', '<!DOCTYPE KetQua SYSTEM "http://127.0.0.1:1/x.dtd"><KetQua><Ma>0</Ma></KetQua>'],
    ['an unknown entity', '<KetQua><Ma>0</Ma>&nope;</KetQua>'],
    ['no end', '<KetQua><Ma>0</Ma>'],
    ['two roots', '<Ma>0</Ma><Ma>0</Ma>'],
    ['too deep', `${'<a>'.repeat(2_000)}${'</a>'.repeat(2_000)}`],
    ['too many', `<KetQua><Ma>0</Ma>${'<a/>'.repeat(120_000)}</KetQua>`],
    ['a prototype', '<KetQua><__proto__><Ma>0</Ma></__proto__></KetQua>'],
    ['bytes of another charset', Buffer.from('<?xml version="1.0" encoding="UTF-8"?><Ma>0\xe9</Ma>', 'latin1')],
    ['a charset that nobody knows', '<Ma>0</Ma>', 'application/xml; charset=utf-7'],
    ['XML that says it is JSON', '<Ma>0</Ma>', 'application/json'],
    ['a web page', '<Ma>0</Ma>', 'text/html'],
  ])('%s', async (...[, text, type = 'application/xml']) => {
    register.partner.answers(xml(text, 200, type));
    const began = performance.now();
    expect(await register.hears(received)).toMatchObject({ kind: 'doubt' });
    expect(performance.now() - began).toBeLessThan(15_000);
    register.partner.answers(xml(taken));
    expect(await register.hears(received)).toEqual({ kind: 'accepted' });
  });

  it.each<[string, Buffer, string]>([
    ['UTF-16 by its mark', Buffer.from('\ufeff<KetQua><Ma>1</Ma><LyDo>Đã</LyDo></KetQua>', 'utf16le'), 'text/xml'],
    [
      'windows-1252 by its header',
      Buffer.from('<KetQua><Ma>1</Ma><LyDo>Ð\xe3</LyDo></KetQua>'.replace('Ð', 'X'), 'latin1'),
      'text/xml; charset=windows-1252',
    ],
    [
      'windows-1252 by itself',
      Buffer.from(
        '<?xml version="1.0" encoding="windows-1252"?><KetQua><Ma>1</Ma><LyDo>X\xe3</LyDo></KetQua>',
        'latin1',
      ),
      'application/xml',
    ],
  ])('reads %s', async (_, bytes, type) => {
    register.partner.answers(xml(bytes, 200, type));
    expect(await register.hears(received)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^(?:Đã|Xã)$/),
    });
  });
});
