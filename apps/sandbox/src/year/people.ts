import type { Address, Applicant, JudicialRecordDeclaration } from '#wire';
import type { ProvinceYear } from './province-year.js';
import { type Chance, Weighted } from './random.js';

/** Invented people. Nobody has these numbers: no province's code is 999, no telephone number begins with 0000. */
export interface Person {
  name: string;
  sex: 'male' | 'female';
  /** ISO, perhaps a year or a month only. */
  born: string;
  birthYear: number;
  idNumber: string;
}

const familyNames = new Weighted(
  [
    { name: 'Nguyễn', weight: 38 }, { name: 'Trần', weight: 11 }, { name: 'Lê', weight: 9.5 }, { name: 'Phạm', weight: 7 },
    { name: 'Hoàng', weight: 5 }, { name: 'Vũ', weight: 4.5 }, { name: 'Đặng', weight: 2.1 }, { name: 'Bùi', weight: 2 },
    { name: 'Đỗ', weight: 1.9 }, { name: 'Ngô', weight: 1.3 }, { name: 'Dương', weight: 1 }, { name: 'Đinh', weight: 1 },
  ],
  ({ weight }) => weight,
); // prettier-ignore
const middleNames = {
  male: ['Văn', 'Đức', 'Minh', 'Quang', 'Hữu', 'Công', 'Xuân', 'Thành'],
  female: ['Thị', 'Ngọc', 'Thu', 'Thanh', 'Bích', 'Kim', 'Phương', 'Thùy'],
} as const;
const givenNames = {
  male: [
    'Anh',
    'Bình',
    'Cường',
    'Dũng',
    'Hải',
    'Hiếu',
    'Hùng',
    'Khánh',
    'Long',
    'Nam',
    'Phong',
    'Quân',
    'Sơn',
    'Thắng',
    'Tuấn',
    'Việt',
  ],
  female: [
    'An',
    'Chi',
    'Dung',
    'Hà',
    'Hằng',
    'Hiền',
    'Hoa',
    'Hương',
    'Lan',
    'Linh',
    'Mai',
    'Nga',
    'Oanh',
    'Thảo',
    'Trang',
    'Yến',
  ],
} as const;

export function person(chance: Chance, partialBirthDates = 0, youngest = 18): Person {
  const sex = chance.happens(0.5) ? 'male' : 'female';
  const birthYear = 2021 - youngest - chance.below(55);
  const month = two(chance.between(1, 12));
  const day = two(chance.between(1, 28));
  const full = `${birthYear}-${month}-${day}`;
  const born = chance.happens(partialBirthDates) ? full.slice(0, chance.happens(0.5) ? 4 : 7) : full;
  const century = birthYear < 2000 ? 0 : 2;
  const idNumber = `999${century + (sex === 'male' ? 0 : 1)}${String(birthYear).slice(2)}${chance.digits(6)}`;
  return { name: nameOf(chance, sex), sex, born, birthYear, idNumber };
}

export function nameOf(chance: Chance, sex: 'male' | 'female'): string {
  return `${familyNames.choose(chance).name} ${chance.of(middleNames[sex])} ${chance.of(givenNames[sex])}`;
}

export const phone = (chance: Chance): string => `0000${chance.digits(6)}`;

export function identityPaper(chance: Chance, { idNumber }: Person): JudicialRecordDeclaration['identityPaper'] {
  return {
    type: { code: '3', name: 'Căn cước công dân' },
    number: idNumber,
    issuedOn: `${chance.between(2016, 2020)}-${two(chance.between(1, 12))}-${two(chance.between(1, 28))}`,
    issuedBy: 'Cục Cảnh sát quản lý hành chính về trật tự xã hội',
  };
}

/** An address in an invented ward of the district. */
export function homeAddress(chance: Chance, { province, district }: ProvinceYear): Address {
  const ward = chance.between(1, 10);
  return {
    province,
    district,
    commune: { code: `${district.code}${two(ward)}`, name: `Phường Mẫu ${ward}` },
    detail: `Số ${chance.between(1, 240)}, tổ ${chance.between(1, 20)}, khu ${chance.between(1, 12)}`,
    country: 'Việt Nam',
  };
}

export function applicantOf(chance: Chance, online: boolean, shares: ProvinceYear['shares']): Applicant {
  const account = online ? { portalAccount: `tai-khoan-mau-${chance.digits(8)}` } : {};
  const kind = chance.share();
  if (kind < shares.business) {
    return {
      name: `Công ty TNHH Mẫu ${chance.between(1, 900)}`,
      kind: 'business',
      idNumber: `9999${chance.digits(6)}`,
      phone: phone(chance),
      ...account,
    };
  }
  if (kind < shares.business + shares.stateBody) {
    return {
      name: `Đơn vị sự nghiệp Mẫu ${chance.between(1, 60)}`,
      kind: 'state-body',
      phone: phone(chance),
      ...account,
    };
  }
  return { ...citizen(person(chance)), phone: phone(chance), ...account };
}

export const citizen = ({ name, idNumber }: Person): Applicant => ({ name, kind: 'citizen', idNumber });

export const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
