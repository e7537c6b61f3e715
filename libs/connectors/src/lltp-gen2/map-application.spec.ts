import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson, type CaseApplication } from '#wire';

import { validApplication } from '../application.arbitrary.js';
import { holdingPdf, outgoing, pdfHash, recordCase, sample, without } from '../case.fixture.js';
import type { OutgoingEvent } from '../connector.js';
import { leavesOf, shapeOf } from '../shape.fixture.js';
import { mapApplication, type ApplicationWording } from './map-application.js';

const wording: ApplicationWording = {
  portalSource: 'Cổng dịch vụ công',
  counterSource: 'Bộ phận một cửa',
  mandateFlat: false,
};

async function itemOf(event: OutgoingEvent, more: Partial<ApplicationWording> = {}): Promise<Record<string, unknown>> {
  const mapped = await mapApplication(event, { ...wording, ...more }, holdingPdf);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared.item as Record<string, unknown>;
}
const declared = (item: Record<string, unknown>): Record<string, unknown> => item['toKhai'] as Record<string, unknown>;
const with_ = (change: Partial<NonNullable<CaseApplication['declaration']>>): CaseApplication => ({
  ...recordCase,
  declaration: { ...recordCase.declaration!, ...change },
});

describe('an application for the judicial-record software', () => {
  it('is the source’s sample, word for word, without the key', async () => {
    const { authKey, ...asSent } = sample('lltp-gen2/b-gui-ho-so.request.json');
    expect(authKey).toBe('<secret>');
    expect(await itemOf(outgoing('received', recordCase))).toEqual(asSent);
  });

  it('is sent the same way when it was supplemented', async () => {
    const supplemented = { ...recordCase, supplement: { receivedAt: '2024-11-15T08:00:00+07:00' } };
    expect(await itemOf(outgoing('supplemented', supplemented, { sequence: 4, status: 5 }))).toEqual(
      await itemOf(outgoing('received', recordCase)),
    );
  });

  it('has the same members for a poor declaration as for a rich one', async () => {
    const poor = without(recordCase.declaration!, 'temporaryResidence', 'phone', 'father', 'mother', 'convictions');
    const bare = without(recordCase, 'documents', 'dueAt');
    const item = await itemOf(outgoing('received', { ...bare, declaration: { ...poor, residences: [] } }));
    const rich = shapeOf(await itemOf(outgoing('received', recordCase))) as Record<string, object>;
    expect(shapeOf(item)).toEqual({ ...rich, toKhai: { ...rich['toKhai'], nycCuTru: [], fileHoSo: [] } });
    expect(declared(item)).toMatchObject({
      ngayHenTra: '',
      nycDienThoai: '',
      nycTamTru: { maTinhThanh: '', tenQuocGia: '' },
    });
  });

  it('keeps partial dates as partial as the paper has them', async () => {
    const item = await itemOf(
      outgoing(
        'received',
        with_({ born: '1990', father: { name: 'A', born: '1960-08' }, mother: { name: 'B', born: '1963-02-09' } }),
      ),
    );
    expect(declared(item)).toMatchObject({ nycNgaySinh: '1990', chaNgaySinh: '08/1960', meNgaySinh: '09/02/1963' });
  });

  it('writes days in Vietnam’s time', async () => {
    const item = await itemOf(
      outgoing('received', { ...recordCase, receivedAt: '2024-12-31T16:59:59Z', dueAt: '2024-12-31T17:00:00Z' }),
    );
    expect([item['ngayTiepNhan'], declared(item)['ngayHenTra']]).toEqual(['31/12/2024', '01/01/2025']);
  });

  it('tells the counter from the portal, a man from a woman, Vietnam from abroad', async () => {
    const item = await itemOf(
      outgoing('received', { ...with_({ sex: 'male', birthPlace: { country: 'Lào' } }), channel: 'post' }),
    );
    expect(item).toMatchObject({ nguonDangKy: '3', tenNguonDangKy: 'Bộ phận một cửa' });
    expect(declared(item)).toMatchObject({ nycGioiTinh: '1', nycTenGioiTinh: 'Nam', nycNoiSinhNuocNgoai: '2' });
  });

  it('names the mandate as the partner spells it, and its paper only where the contract says how', async () => {
    const event = outgoing(
      'received',
      with_({
        mandate: {
          name: 'LÊ VĂN ỦY QUYỀN',
          sex: 'male',
          relation: { code: '04', name: 'Anh ruột' },
          identityPaper: {
            type: { code: '3', name: 'Căn cước công dân' },
            number: '038085000456',
            issuedOn: '2021-06-05',
          },
          residence: 'Số 2 đường Mẫu',
          signedOn: '2024-11-10',
        },
      }),
    );
    const read = {
      uyQuyen: '1',
      uyQuyenHoTen: 'LÊ VĂN ỦY QUYỀN',
      nyqQuanHe: '04',
      nuqLoaiGiayto: '3',
      nuqThuongTruChiTiet: 'Số 2 đường Mẫu',
    };
    const plain = declared(await itemOf(event));
    expect(plain).toMatchObject(read);
    expect(plain).not.toHaveProperty('nuqSoGiayTo');
    expect(declared(await itemOf(event, { mandateFlat: true }))).toMatchObject({
      ...read,
      nuqSoGiayTo: '038085000456',
      nuqNgayCapGiayTo: '05/06/2021',
      nuqNgayKyVanBanUyQuyen: '10/11/2024',
    });
  });

  it('can’t be made of what has no declaration, a day that isn’t one, a file that isn’t held, another event', async () => {
    const reasonOf = async (event: OutgoingEvent) => {
      const mapped = await mapApplication(event, wording, holdingPdf);
      return mapped.kind === 'unmappable' ? mapped.reason : 'prepared';
    };
    expect(await reasonOf(outgoing('received', without(recordCase, 'declaration')))).toContain(
      'declaration is missing',
    );
    expect(await reasonOf(outgoing('received', with_({ born: '15/08/1990' })))).toBe('declaration.born is not a date');
    expect(await reasonOf(outgoing('received', with_({ born: '2023-02-29' })))).toBe('declaration.born is not a date');
    expect(await reasonOf(outgoing('withdrawn', recordCase))).toBe("this interface doesn't take case.withdrawn");
    const elsewhere = { ...recordCase, documents: [{ sha256: 'ab'.repeat(32), name: 'x', mediaType: 'a/b', size: 1 }] };
    expect(await reasonOf(outgoing('received', elsewhere))).toBe(`the hub doesn't hold the file ${'ab'.repeat(32)}`);
  });

  it('waits where the hub can’t tell whether it holds a file', async () => {
    const broken = () => Promise.reject(Object.assign(new Error('gone'), { code: '57P01' }));
    await expect(mapApplication(outgoing('received', recordCase), wording, broken)).rejects.toMatchObject({
      code: '57P01',
    });
  });

  it('is a function of the event, total over what intake takes, of strings only, and names no value where it fails', async () => {
    let mappedSome = 0;
    await fc.assert(
      fc.asyncProperty(validApplication, fc.boolean(), async (application, mandateFlat) => {
        const event = outgoing('received', application);
        const [once, again] = [
          await mapApplication(event, { ...wording, mandateFlat }, holdingPdf),
          await mapApplication(structuredClone(event), { ...wording, mandateFlat }, holdingPdf),
        ];
        expect(canonicalJson(again)).toBe(canonicalJson(once));
        if (once.kind === 'unmappable') {
          const held = (application.documents ?? []).every(({ sha256 }) => sha256 === pdfHash);
          expect(application.declaration && held).toBeFalsy();
          expect(once.reason).toMatch(
            /^(declaration is missing|the hub doesn't hold the file [0-9a-f]{64}(; the hub .*)*)$/,
          );
          return;
        }
        mappedSome += 1;
        for (const [path, leaf] of leavesOf(once.prepared.item)) expect([path, typeof leaf]).toEqual([path, 'string']);
        expect(canonicalJson(JSON.parse(JSON.stringify(once.prepared.item)))).toBe(canonicalJson(once.prepared.item));
      }),
      { numRuns: 300 },
    );
    expect(mappedSome).toBeGreaterThan(30);
  });
});
