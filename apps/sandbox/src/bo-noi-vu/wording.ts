/** Texts and codes of this stand-in. Read in a source: the answers' members, "Thành công", the two hash places; the rest is made up. */
export const ministryWording = () => ({
  done: 'Thành công',
  missing: 'Thiếu trường {field}',
  malformed: 'Trường {field} không đúng định dạng',
  duplicate: 'Mã hồ sơ đã tồn tại',
  /** HTTP status of that answer; its code is 409. */
  duplicateStatus: 200,
  notIssued: 'Mã hồ sơ chưa được cấp',
  unknownCase: 'Không tìm thấy hồ sơ',
  unknownFile: 'Không tìm thấy tệp {id}',
  otherHash: 'HashTepTin của tệp {id} không khớp',
  notInCatalogue: 'Mã {code} không có trong danh mục',
  tooLarge: 'Tệp vượt quá dung lượng cho phép',
  unauthorized: 'Unauthorized',
  busy: 'Hệ thống đang bận',
  /** Codes that the catalogue no longer has: procedures, components, kinds of papers. */
  retired: [] as string[],
  mostFileBytes: 20 * 1024 * 1024,
  /** Uploads are answered as through the province's proxy. */
  throughProxy: false,
  /** 'damaged': files arrive as something else than what was sent. */
  files: 'whole' as 'whole' | 'damaged',
});

export type MinistryWording = ReturnType<typeof ministryWording>;
