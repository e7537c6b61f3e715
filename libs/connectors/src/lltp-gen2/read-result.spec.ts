import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { validatePayload } from '#wire';

import { pdf, pdfHash, sample } from '../case.fixture.js';
import type { Reported } from '../connector.js';
import { readResult } from './read-result.js';

const code = 'H56.14-241112-0009';
const now = Date.parse('2024-11-21T09:30:00Z');
type Row = Record<string, unknown>;
type PollAnswer = { status: number; statusDescription: string; value: Row[] };

const done = () => sample<PollAnswer>('lltp-gen2/c-ket-qua.done.json');
const answering = (row: Row, statusDescription = ''): PollAnswer => ({
  status: 1,
  statusDescription,
  value: [{ maHoSoMCDT: code, ketQuaXuLy: null, ...row }],
});
const withResult = (change: Row, row: Row = {}): PollAnswer => {
  const answer = done();
  return {
    ...answer,
    value: [{ ...answer.value[0], ...row, ketQuaXuLy: { ...(answer.value[0]?.['ketQuaXuLy'] as Row), ...change } }],
  };
};
const revocation = sample<{ ketQuaXuLy: Row }>('lltp-gen2/d-traKetQua.revoke.request.json').ketQuaXuLy[
  'quyetDinhThuHoi'
];

function reportsOf(answer: unknown, at = now, caseCode = code): Reported[] {
  const collected = readResult(answer, caseCode, at);
  if (collected.kind !== 'reported')
    throw new Error(`${collected.kind} ${'reason' in collected ? collected.reason : ''}`);
  for (const { type, data } of collected.reports) expect(validatePayload(type, data)).toEqual([]);
  return collected.reports;
}

describe('what the judicial-record software says of a case', () => {
  it('a status', () => {
    expect(reportsOf(sample('lltp-gen2/c-ket-qua.pending.json'))).toEqual([
      {
        type: 'vn.lienthong.case.status-changed.v1',
        caseCode: code,
        data: { status: 4, at: '2024-11-21T16:30:00+07:00' },
        state: '4',
        files: [],
      },
    ]);
  });

  it('a supplement that it wants, with the reason, wherever that stands', () => {
    const [inRow] = reportsOf(answering({ trangThaiXuLy: 5, lyDoTuChoi: 'Bổ sung ảnh chụp hộ chiếu' }));
    const [beside] = reportsOf(answering({ trangThaiXuLy: '5' }, 'Bổ sung ảnh chụp hộ chiếu'));
    expect(inRow?.data).toEqual({ status: 5, at: '2024-11-21T16:30:00+07:00', reason: 'Bổ sung ảnh chụp hộ chiếu' });
    expect(beside).toEqual(inRow);
    expect(inRow?.state).toMatch(/^5 [0-9a-f]{64}$/);
    expect(reportsOf(answering({ trangThaiXuLy: 4 }, 'Thành công'))[0]?.data).not.toHaveProperty('reason');
  });

  it('a record with its signed document, byte for byte', () => {
    const [issued, ...more] = reportsOf(done());
    expect(more).toEqual([]);
    expect(issued).toEqual({
      type: 'vn.lienthong.case.result-issued.v1',
      caseCode: code,
      state: `9 result 00001/MAU-LLTP ${pdfHash}`,
      files: [{ sha256: pdfHash, mediaType: 'application/pdf', bytes: pdf }],
      data: {
        status: 9,
        at: '2024-11-21T16:30:00+07:00',
        documents: [
          {
            sha256: pdfHash,
            name: 'phieu-lltp-00001-MAU-LLTP.pdf',
            mediaType: 'application/pdf',
            size: pdf.length,
            label: 'Phiếu lý lịch tư pháp số 1',
          },
        ],
        judicialRecord: {
          number: '00001/MAU-LLTP',
          issuedOn: '2024-11-21',
          recordNumber: 1,
          preparedBy: 'Trần Văn Thử',
          signedBy: 'Lê Thị Giả Định',
          signerPosition: 'Phó Giám đốc',
          convictionStatus: { code: '0', name: 'Không có án tích' },
          banFromOffice: { code: '0', name: 'Không' },
          convictions: [],
          bans: [],
        },
      },
    });
  });

  it('convictions and bans as they came', () => {
    const answer = sample<PollAnswer>('lltp-gen2/c-ket-qua.with-record.json');
    const result = answer.value[0]?.['ketQuaXuLy'] as Row;
    const [issued] = reportsOf(answer, now, 'H56.14-241112-0011');
    expect((issued?.data as { judicialRecord: Row }).judicialRecord).toMatchObject({
      recordNumber: 2,
      convictionStatus: { code: '1', name: 'Có án tích' },
      convictions: result['thongTinAn'],
      bans: result['dsCDNCV'],
    });
  });

  it('an end that is not later than the day of issue, however late it is asked', () => {
    const [issued] = reportsOf(done(), Date.parse('2024-11-30T00:00:00Z'));
    expect((issued?.data as Row)['at']).toBe('2024-11-21T23:59:59+07:00');
  });

  it('the record, then that it was handed over', () => {
    const reports = reportsOf(withResult({}, { trangThaiXuLy: 10 }));
    expect(reports.map(({ type, state }) => [type, state])).toEqual([
      ['vn.lienthong.case.result-issued.v1', `9 result 00001/MAU-LLTP ${pdfHash}`],
      ['vn.lienthong.case.status-changed.v1', `10 result 00001/MAU-LLTP ${pdfHash}`],
    ]);
  });

  it('that a record is revoked, after the record', () => {
    const [, revoked, ...more] = reportsOf(withResult({ quyetDinhThuHoi: revocation }));
    expect(more).toEqual([]);
    expect(revoked).toEqual({
      type: 'vn.lienthong.case.result-revoked.v1',
      caseCode: code,
      state: `revoked 03/QĐ-MAU 2024-12-01 ${pdfHash}`,
      files: [{ sha256: pdfHash, mediaType: 'application/pdf', bytes: pdf }],
      data: {
        at: '2024-11-21T16:30:00+07:00',
        reason: 'Sai họ tên',
        decision: { number: '03/QĐ-MAU', date: '2024-12-01', summary: 'Thu hồi Phiếu lý lịch tư pháp' },
        document: {
          sha256: pdfHash,
          name: 'quyet-dinh-thu-hoi-03-QĐ-MAU.pdf',
          mediaType: 'application/pdf',
          size: pdf.length,
          label: 'Quyết định thu hồi',
        },
      },
    });
  });

  it('the same states at every asking, and others as soon as number or document differ', () => {
    const states = (answer: unknown, at = now) => reportsOf(answer, at).map(({ state }) => state);
    expect(states(done(), now + 86_400_000)).toEqual(states(done()));
    expect(states(withResult({ soPhieuLLTP: '00009/MAU-LLTP' }))).not.toEqual(states(done()));
    expect(states(withResult({ phieuLLTP: Buffer.from('%PDF-1.4 other').toString('base64') }))).not.toEqual(
      states(done()),
    );
  });

  it('bytes that aren’t text, in lines of 76, exactly', () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 167 + 13) % 256));
    const lines = bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
    const [issued] = reportsOf(withResult({ phieuLLTP: lines }));
    expect(issued?.files[0]).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      mediaType: 'application/octet-stream',
      bytes,
    });
  });
});

describe('what isn’t reported yet', () => {
  it('a case that it doesn’t show, and a finished one whose record isn’t there yet', () => {
    expect(readResult({ status: 1, value: [] }, code, now)).toEqual({ kind: 'not-yet' });
    expect(readResult(done(), 'H56.14-241112-0010', now)).toEqual({ kind: 'not-yet' });
    expect(readResult(answering({ trangThaiXuLy: 9 }), code, now)).toEqual({ kind: 'not-yet' });
    expect(readResult(withResult({ phieuLLTP: '' }), code, now)).toEqual({ kind: 'not-yet' });
  });

  it('what can’t be read, by the field’s name and without its value', () => {
    const wrong: [string, unknown][] = [
      ['trangThaiXuLy', answering({ trangThaiXuLy: 11 })],
      ['trangThaiXuLy', answering({ trangThaiXuLy: 'xong' })],
      ['ngayCapPhieu', withResult({ ngayCapPhieu: '31/02/2024' })],
      ['loaiPhieu', withResult({ loaiPhieu: '3' })],
      ['soPhieuLLTP', withResult({ soPhieuLLTP: '' })],
      ['tinhTrangAnTich', withResult({ tinhTrangAnTich: '' })],
      ['phieuLLTP', withResult({ phieuLLTP: 'JVBERi0xLjQ*' })],
      ['phieuLLTP', withResult({ phieuLLTP: 'JVBERi0xLjQ' })],
      ['NgayQuyetDinh', withResult({ quyetDinhThuHoi: { ...(revocation as Row), NgayQuyetDinh: '2024-12-01' } })],
      ['FileQuyetDinh', withResult({ quyetDinhThuHoi: { ...(revocation as Row), FileQuyetDinh: '%%%%' } })],
      ['LyDoThuHoi', withResult({ quyetDinhThuHoi: { ...(revocation as Row), LyDoThuHoi: ' ' } })],
    ];
    for (const [field, answer] of wrong) {
      expect(readResult(answer, code, now)).toEqual({ kind: 'busy', reason: `the answer's ${field} can't be read` });
    }
  });

  it('nothing, of anything at all, without throwing', () => {
    for (const answer of [undefined, null, 7, 'x', [], {}, { value: null }, { value: [null, 1, [], {}] }]) {
      expect(readResult(answer, code, now)).toEqual({ kind: 'not-yet' });
    }
  });
});
