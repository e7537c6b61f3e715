import { readFileSync } from 'node:fs';

export interface Option {
  code: string;
  name: string;
}

interface PayerClass extends Option {
  /** Đồng for the first two sheets. */
  fee: number;
}

/** Lists and terms of the counter. Dated and partly made up (see each): a province gives its own by LIENTHONG_COUNTER_OPTIONS. */
export interface CounterOptions {
  /** The one that is in force on a day: the last whose date is not after it. */
  procedures: (Option & { from: string; field: Option })[];
  province: Option;
  unit: Option;
  provinces: Option[];
  nationalities: Option[];
  ethnicities: Option[];
  paperTypes: Option[];
  purposes: Option[];
  relations: Option[];
  payerClasses: PayerClass[];
  /** Đồng for each sheet from the third. */
  feeOfFurtherSheets: number;
  /** Days to the promised result, and with several residences or a foreigner. */
  termDays: { plain: number; longer: number };
}

const named = (rows: string): Option[] =>
  rows.split('|').map((row) => ({ code: row.slice(0, row.indexOf(' ')), name: row.slice(row.indexOf(' ') + 1) }));

const defaults: CounterOptions = {
  // The owner changed on 1/3/2025 and the procedure's code with it; field codes are the samples' placeholders.
  procedures: [
    {
      from: '2018-01-01',
      code: '2.000488',
      name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam',
      field: { code: 'G15-TP10', name: 'Lý lịch tư pháp' },
    },
    {
      from: '2025-03-01',
      code: '3.000333',
      name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam',
      field: { code: 'G01-CA10', name: 'Lý lịch tư pháp' },
    },
  ],
  province: { code: '80', name: 'Tây Ninh' },
  unit: { code: 'H53.14', name: 'Trung tâm Phục vụ hành chính công tỉnh Tây Ninh' },
  // QĐ 19/2025/QĐ-TTg, in force since 1/7/2025.
  provinces: named(
    '80 Tây Ninh|01 Hà Nội|04 Cao Bằng|08 Tuyên Quang|11 Điện Biên|12 Lai Châu|14 Sơn La|15 Lào Cai|19 Thái Nguyên|20 Lạng Sơn|22 Quảng Ninh|24 Bắc Ninh|25 Phú Thọ|31 Hải Phòng|33 Hưng Yên|37 Ninh Bình|38 Thanh Hóa|40 Nghệ An|42 Hà Tĩnh|44 Quảng Trị|46 Huế|48 Đà Nẵng|51 Quảng Ngãi|52 Gia Lai|56 Khánh Hòa|66 Đắk Lắk|68 Lâm Đồng|75 Đồng Nai|79 Hồ Chí Minh|82 Đồng Tháp|86 Vĩnh Long|91 An Giang|92 Cần Thơ|96 Cà Mau',
  ),
  // Codes VN and 01 are read in a source, the others are placeholders.
  nationalities: named('VN Việt Nam|KHAC Nước khác'),
  ethnicities: named(
    '01 Kinh|KHAC-KHMER Khmer|KHAC-CHAM Chăm|KHAC-HOA Hoa|KHAC-TAMUN Tà Mun|KHAC-MUONG Mường|KHAC Dân tộc khác',
  ),
  // 3 is read; the others are those of the first interface, whose list is public.
  paperTypes: named('3 Căn cước công dân|1 Chứng minh nhân dân|0 Hộ chiếu|2 Thẻ thường trú'),
  // Made up but for 01.
  purposes: named('01 Xin việc làm|02 Bổ sung hồ sơ|03 Xin cấp giấy phép lao động|04 Đi nước ngoài|99 Mục đích khác'),
  relations: named('04 Anh ruột|01 Cha, mẹ|02 Vợ, chồng|03 Con|99 Khác'),
  // TT 244/2016/TT-BTC; a newer circular exists. Codes are made up but for 1.
  payerClasses: [
    { code: '1', name: 'Đối tượng thông thường', fee: 200_000 },
    { code: '2', name: 'Sinh viên, người có công, thân nhân liệt sĩ', fee: 100_000 },
    { code: '3', name: 'Hộ nghèo và đối tượng được miễn', fee: 0 },
  ],
  feeOfFurtherSheets: 5_000,
  // Law of 2009, art. 48; amended since.
  termDays: { plain: 10, longer: 15 },
};

export function counterOptions(env: Readonly<Record<string, string | undefined>>): CounterOptions {
  const file = env['LIENTHONG_COUNTER_OPTIONS'];
  return file ? { ...defaults, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<CounterOptions>) } : defaults;
}

export const optionOf = <T extends Option>(options: readonly T[], code: string): T | undefined =>
  options.find((option) => option.code === code);
