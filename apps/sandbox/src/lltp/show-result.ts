import type { LltpCase } from './cases.js';
import type { LltpWording } from './wording.js';
import { writePdf } from './write-record-pdf.js';

/** `ketQuaXuLy` of flow c, null until a record is issued. The same record gives the same bytes at every poll. */
export function showResult(held: LltpCase, wording: LltpWording): object | null {
  const { record } = held;
  if (!record) return null;
  const convicted = record.withConviction;
  return {
    soPhieuLLTP: record.number,
    ngayCapPhieu: record.issuedOn,
    loaiPhieu: held.loaiPhieu,
    nguoiLapPhieu: wording.preparedBy,
    nguoiKy: wording.signedBy,
    chucVu: wording.signerPosition,
    tinhTrangAnTich: convicted ? '1' : '0',
    tenTinhTrangAnTich: convicted ? 'Có án tích' : 'Không có án tích',
    thongTinCDNCV: '0',
    tenThongTinCDNCV: 'Không',
    thongTinAn: convicted ? [conviction] : [],
    dsCDNCV: convicted ? [ban] : [],
    phieuLLTP: recordPdf(held, convicted).toString('base64'),
    quyetDinhThuHoi: held.revocation
      ? {
          LyDoThuHoi: held.revocation.reason,
          SoQuyetDinh: held.revocation.number,
          NgayQuyetDinh: held.revocation.date,
          TrichYeuQuyetDinh: held.revocation.summary,
          FileQuyetDinh: decisionPdf(held).toString('base64'),
        }
      : null,
  };
}

export function recordPdf(held: LltpCase, convicted: boolean): Buffer {
  return writePdf(`Phiếu lý lịch tư pháp ${held.record?.number ?? ''}`, [
    `PHIẾU LÝ LỊCH TƯ PHÁP SỐ ${held.loaiPhieu}`,
    `Số: ${held.record?.number ?? ''}`,
    `Ngày cấp: ${held.record?.issuedOn ?? ''}`,
    `Mã hồ sơ: ${held.code}`,
    `Tình trạng án tích: ${convicted ? 'Có án tích' : 'Không có án tích'}`,
    'BẢN MẪU CỦA HỆ THỐNG THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ',
  ]);
}

function decisionPdf(held: LltpCase): Buffer {
  return writePdf(`Quyết định ${held.revocation?.number ?? ''}`, [
    'QUYẾT ĐỊNH THU HỒI PHIẾU LÝ LỊCH TƯ PHÁP',
    `Số: ${held.revocation?.number ?? ''}`,
    `Ngày: ${held.revocation?.date ?? ''}`,
    `Mã hồ sơ: ${held.code}`,
    'BẢN MẪU CỦA HỆ THỐNG THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ',
  ]);
}

const conviction = {
  soBanAn: '01/2015/HSST-MAU',
  ngayBanAn: '05/05/2015',
  toaDaTuyen: 'TM01',
  tenToaDaTuyen: 'Tòa án Mẫu',
  dsToiDanh: [{ toiDanh: 'T01', tenToiDanh: 'Tội danh ví dụ' }],
  dsHinhPhatChinh: [{ maHinhPhat: 'HP1', tenHinhPhat: 'Phạt tiền', ghiChu: '' }],
  dsHinhPhatBoSung: [],
  ngayChapHanh: '01/01/2016',
  ngayXoaAn: '',
  dieuKhoan: 'Điều ví dụ',
  anPhi: 'Đã nộp',
  nghiaVuDanSu: 'Không',
  tinhTrangThiHanh: 'Đã chấp hành xong',
};

const ban = {
  soQuyetDinh: '02/QĐ-MAU',
  ngayQuyetDinh: '06/06/2015',
  toaAnQD: 'Tòa án Mẫu',
  chucVuCam: 'Quản lý doanh nghiệp',
  thoiHanCam: '24 tháng',
  camTuNgay: '01/07/2015',
};
