import { dayOf } from '../stand-in/real-dates.js';
import { emptyForm, type Filled } from './read-form.js';

const names = ['Nguyễn Thị Mẫu Đơn', 'Trần Văn Thí Dụ', 'Lê Hoàng Giả Định', 'Phạm Thị Thử Nghiệm', 'Võ Minh Ví Dụ'];

/** Somebody who doesn't exist: the number says which, so that each press of the button gives another. */
export function exampleForm(which: number, now = new Date()): Filled {
  const [year = '', month = ''] = dayOf(now).split('-');
  const n = Math.abs(Math.trunc(which)) % 1_000;
  const name = names[n % names.length] ?? '';
  const female = name.includes('Thị');
  return emptyForm(
    {
      recordNumber: '1',
      purpose: '01',
      copies: '1',
      payerClass: '1',
      name,
      sex: female ? 'female' : 'male',
      born: n % 4 === 3 ? '1990' : '15/08/1990',
      birthProvince: '80',
      birthDetail: 'Phường Thử Nghiệm',
      nationality: 'VN',
      ethnicity: '01',
      phone: '0900000123',
      email: 'mau.don@example.invalid',
      paperType: '3',
      paperNumber: `0721${female ? '90' : '89'}000${String(n).padStart(3, '0')}`,
      paperIssuedOn: '01/02/2022',
      paperIssuedBy: 'Cục Cảnh sát QLHC về TTXH',
      permanentProvince: '80',
      permanentCommune: 'Phường Thử Nghiệm',
      permanentDetail: 'Số 1 đường Mẫu',
      fatherName: 'Nguyễn Văn Cha',
      fatherBorn: '1960',
      motherName: 'Trần Thị Mẹ',
      motherBorn: '1963',
      convictions: 'Không',
      returnBy: 'counter',
    },
    [
      {
        from: '09/2004',
        to: '08/2012',
        place: 'Phường Thử Nghiệm, tỉnh Tây Ninh',
        occupation: 'Học sinh',
        workplace: '',
      },
      {
        from: '09/2012',
        to: `${month}/${year}`,
        place: 'Phường Mẫu, Thành phố Hồ Chí Minh',
        occupation: 'Kế toán',
        workplace: 'Công ty TNHH Ví Dụ',
      },
    ],
  );
}
