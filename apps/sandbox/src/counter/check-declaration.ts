import { fromDayMonthYear, isDayMonthYear, isPartialDate, dayOf } from '../stand-in/real-dates.js';
import { allFields, residenceFields, type Field } from './fields.js';
import { optionOf, type CounterOptions } from './options.js';
import type { Filled } from './read-form.js';

/** Field name → what is wrong, for the person at the counter. Empty: the case can be entered. */
export type Faults = ReadonlyMap<string, string>;

const mostAttachments = 5;
const largestAttachment = 5 * 1024 * 1024;
const attachmentTypes = ['application/pdf', 'image/jpeg', 'image/png'];

export function checkDeclaration(filled: Filled, options: CounterOptions, today = dayOf(new Date())): Faults {
  const faults = new Map<string, string>();
  const check = (field: Field, name: string, value: string): void => {
    const wrong = wrongWith(field, value, options, today);
    if (wrong !== undefined) faults.set(name, wrong);
  };
  for (const field of allFields) check(field, field.name, filled.values.get(field.name) ?? '');
  filled.residences.forEach((row, n) => {
    for (const field of residenceFields) check(field, `residences.${n}.${field.name}`, row[field.name] ?? '');
    const from = isoOf(row['from'] ?? '');
    const to = isoOf(row['to'] ?? '');
    const known = Math.min(from.length, to.length);
    if (known > 0 && to.slice(0, known) < from.slice(0, known))
      faults.set(`residences.${n}.to`, 'Không được trước tháng bắt đầu');
  });
  for (const [name, wrong] of rulesBetween(filled, options)) if (!faults.has(name)) faults.set(name, wrong);
  return faults;
}

function wrongWith(field: Field, value: string, options: CounterOptions, today: string): string | undefined {
  if (value === '') return field.required ? `${field.from ? 'Chưa chọn' : 'Chưa điền'} “${field.vi}”` : undefined;
  if (field.most !== undefined && value.length > field.most) return `Dài quá ${field.most} ký tự`;
  if (/[^\P{Cc}\n]/u.test(value)) return 'Có ký tự không hiển thị được';
  switch (field.kind) {
    case 'select':
    case 'radio':
      return isOption(field, value, options) ? undefined : `“${field.vi}” không có trong danh mục`;
    case 'day':
      if (!isDayMonthYear(value)) return 'Không phải một ngày có thật (ngày/tháng/năm)';
      return fromDayMonthYear(value) > today ? 'Ngày này chưa tới' : undefined;
    case 'partial-date':
      if (!isPartialDate(value)) return 'Không phải một ngày có thật (ngày/tháng/năm, tháng/năm hoặc năm)';
      return isoOf(value) > today ? 'Thời điểm này chưa tới' : undefined;
    case 'email':
      return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value) ? undefined : 'Không phải địa chỉ thư điện tử';
    case 'phone':
      return /^\+?[\d .()-]{8,20}$/.test(value) ? undefined : 'Không phải số điện thoại';
    case 'number':
      return /^[1-9]\d?$/.test(value) ? undefined : 'Là số nguyên từ 1 đến 99';
    default:
      return undefined;
  }
}

function* rulesBetween(
  { values, residences, attachments }: Filled,
  options: CounterOptions,
): Generator<[string, string]> {
  const value = (name: string): string => values.get(name) ?? '';
  const digits = { '3': 12, '1': 9 }[value('paperType')];
  if (
    digits !== undefined &&
    value('paperNumber') !== '' &&
    !new RegExp(`^\\d{${digits}}$`).test(value('paperNumber'))
  ) {
    yield ['paperNumber', `${optionOf(options.paperTypes, value('paperType'))?.name ?? ''} có đúng ${digits} chữ số`];
  }
  if (value('purpose') === '99' && value('otherPurpose') === '') yield ['otherPurpose', 'Ghi rõ mục đích khác'];
  if (value('birthProvince') === '' && value('birthDetail') === '')
    yield ['birthProvince', 'Chọn tỉnh, thành phố, hoặc ghi tên nước nếu sinh ở nước ngoài'];
  if (value('returnBy') === 'post' && value('returnAddress') === '')
    yield ['returnAddress', 'Cần địa chỉ để gửi qua bưu chính'];
  for (const kin of ['father', 'mother', 'spouse']) {
    if (value(`${kin}Born`) !== '' && value(`${kin}Name`) === '')
      yield [`${kin}Name`, 'Có năm sinh nhưng chưa có họ tên'];
  }
  if (value('temporaryProvince') === '' && (value('temporaryCommune') !== '' || value('temporaryDetail') !== '')) {
    yield ['temporaryProvince', 'Chọn tỉnh, thành phố tạm trú'];
  }
  if (value('mandated') !== '' && value('mandateName') === '')
    yield ['mandateName', 'Chưa điền “Họ và tên người được ủy quyền”'];
  if (value('mandated') === '' && value('mandateName') !== '')
    yield ['mandated', 'Đánh dấu nếu nộp hồ sơ theo ủy quyền'];
  if (value('mandated') !== '' && value('recordNumber') === '2') yield ['mandated', 'Phiếu số 2 không được ủy quyền'];
  if (value('mandatePaperNumber') !== '' && value('mandatePaperType') === '')
    yield ['mandatePaperType', 'Chưa chọn “Loại giấy tờ”'];
  if (residences.length === 0) yield ['residences.0.place', 'Khai ít nhất một nơi cư trú từ khi đủ 14 tuổi'];
  if (attachments.length > mostAttachments) yield ['attachments', `Tối đa ${mostAttachments} tệp`];
  for (const { name, bytes, mediaType } of attachments) {
    if (bytes.length > largestAttachment) yield ['attachments', `Tệp ${name} lớn hơn 5 MB`];
    if (!attachmentTypes.includes(mediaType)) yield ['attachments', `Tệp ${name} không phải PDF, JPEG hoặc PNG`];
  }
}

const isOption = ({ from }: Field, value: string, options: CounterOptions): boolean =>
  typeof from === 'string'
    ? optionOf(options[from], value) !== undefined
    : (from ?? []).some(([code]) => code === value);

/** 15/08/1990, 08/1990 or 1990 as ISO as far as it is known; the empty text for anything else. */
export function isoOf(text: string): string {
  if (!isPartialDate(text)) return '';
  return text.split(/[/-]/).reverse().join('-');
}
