import type { JudicialRecordDeclaration, ResidencePeriod } from '#wire';
import { homeAddress, identityPaper, nameOf, person, phone, two, type Person } from './people.js';
import type { ProvinceYear } from './province-year.js';
import type { Chance } from './random.js';

type Mandate = NonNullable<JudicialRecordDeclaration['mandate']>;

const purposes = [
  { code: '01', name: 'Xin việc làm' },
  { code: '02', name: 'Đi lao động ở nước ngoài' },
  { code: '03', name: 'Du học' },
  { code: '04', name: 'Bổ sung hồ sơ cá nhân' },
];
const otherPurpose = { code: '99', name: 'Mục đích khác' };
const payerClasses = [
  { code: '1', name: 'Đối tượng thông thường' },
  { code: '2', name: 'Sinh viên, người có công, thân nhân liệt sĩ' },
  { code: '3', name: 'Người thuộc hộ nghèo' },
];
const ethnicities = [
  { code: '01', name: 'Kinh' },
  { code: '02', name: 'Tày' },
  { code: '12', name: 'Sán Dìu' },
  { code: '09', name: 'Dao' },
];
const relations = [
  { code: '01', name: 'Vợ hoặc chồng' },
  { code: '02', name: 'Cha, mẹ hoặc con' },
  { code: '03', name: 'Anh, chị hoặc em' },
  { code: '09', name: 'Người được ủy quyền khác' },
];
const jobs = [
  'Công nhân',
  'Nhân viên văn phòng',
  'Lao động tự do',
  'Lái xe',
  'Giáo viên',
  'Kỹ thuật viên',
  'Kinh doanh',
];
const adult = 14;

/** A whole declaration for a judicial record, as of the day (ISO) on which it is handed in. Codes of purposes, payers and relations are placeholders. */
export function declare(
  chance: Chance,
  year: ProvinceYear,
  day: string,
): { declaration: JudicialRecordDeclaration; applicant: Person } {
  const { shares } = year;
  const applicant = person(chance, shares.partialBirthDate);
  const permanentResidence = homeAddress(chance, year);
  const other = chance.happens(0.06);
  const declaration: JudicialRecordDeclaration = {
    recordNumber: chance.happens(shares.secondRecord) ? 2 : 1,
    banFromOffice: chance.happens(shares.banFromOffice),
    purpose: other ? otherPurpose : chance.of(purposes),
    ...(other ? { otherPurpose: 'Theo yêu cầu của đơn vị tuyển dụng' } : {}),
    copies: chance.happens(0.85) ? 1 : chance.between(2, 4),
    name: applicant.name.toUpperCase(),
    sex: applicant.sex,
    born: applicant.born,
    birthPlace: chance.happens(0.8)
      ? homeAddress(chance, year)
      : { province: { code: '31', name: 'Hải Phòng' }, country: 'Việt Nam' },
    nationality: { code: 'VN', name: 'Việt Nam' },
    ethnicity: chance.happens(0.88) ? { code: '01', name: 'Kinh' } : chance.of(ethnicities),
    permanentResidence,
    ...(chance.happens(0.25) ? { temporaryResidence: homeAddress(chance, year) } : {}),
    identityPaper: identityPaper(chance, applicant),
    phone: phone(chance),
    ...(chance.happens(0.2) ? { email: `nguoi-nop-${chance.digits(6)}@example.com` } : {}),
    father: { name: nameOf(chance, 'male'), born: String(applicant.birthYear - chance.between(20, 40)) },
    mother: { name: nameOf(chance, 'female'), born: String(applicant.birthYear - chance.between(18, 38)) },
    ...(chance.happens(0.6) ? { spouse: spouseOf(chance, applicant) } : {}),
    residences: residences(chance, applicant, day),
    payerClass: chance.happens(0.8) ? { code: '1', name: 'Đối tượng thông thường' } : chance.of(payerClasses),
    convictions: 'Không',
  };
  if (chance.happens(shares.mandate)) declaration.mandate = mandate(chance, day);
  return { declaration, applicant };
}

const spouseOf = (chance: Chance, { sex, birthYear }: Person) => ({
  name: nameOf(chance, sex === 'male' ? 'female' : 'male'),
  born: String(birthYear + chance.between(-4, 4)),
});

/** Without a gap from the age of 14 until the month of the declaration. */
function residences(chance: Chance, { birthYear }: Person, day: string): ResidencePeriod[] {
  const periods: ResidencePeriod[] = [];
  const now = Number(day.slice(0, 4));
  let from = `${birthYear + adult}-09`;
  let year = birthYear + adult;
  while (periods.length < 3 && year + 4 < now && chance.happens(0.75)) {
    year += chance.between(3, Math.min(8, now - year - 1));
    const to = `${year}-${two(chance.between(1, 8))}`;
    periods.push({ from, to, place: placeOf(chance), ...(periods.length === 0 ? pupil : work(chance)) });
    from = to;
  }
  periods.push({ from, to: day.slice(0, 7), place: placeOf(chance), ...work(chance) });
  return periods;
}

const pupil = { occupation: 'Học sinh', workplace: 'Trường trung học Mẫu' };
const work = (chance: Chance) => ({ occupation: chance.of(jobs), workplace: `Đơn vị Mẫu ${chance.between(1, 90)}` });
const placeOf = (chance: Chance): string =>
  `Khu ${chance.between(1, 12)}, phường Mẫu ${chance.between(1, 10)}, thành phố Uông Bí, tỉnh Quảng Ninh`;

function mandate(chance: Chance, day: string): Mandate {
  const given = person(chance);
  return {
    name: given.name,
    sex: given.sex,
    born: given.born,
    phone: phone(chance),
    identityPaper: identityPaper(chance, given),
    relation: chance.of(relations),
    residence: placeOf(chance),
    signedOn: day,
  };
}
