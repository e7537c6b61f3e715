import type { ProcedureRow } from './procedure-row.js';
import { idOf } from './procedures.js';

/** Who carries it out, where the row doesn't say otherwise. */
const executingOf = ({ executing, levels }: ProcedureRow): string =>
  executing ?? (levels.includes('commune') ? 'UBND cấp xã' : 'UBND cấp tỉnh');
const named = (name: string): { name: string }[] => (name === '' ? [] : [{ name }]);

/** A row of the list of 2026. */
export const itemOf = (row: ProcedureRow): object => ({
  id: idOf(row.code),
  code: row.code,
  codeNotation: '',
  name: row.name,
  type: 'STANDARD',
  categories: named(row.field),
  departments: [{ code: '', name: executingOf(row) }],
});

/** The detail of 2026. */
export const detailOf = (row: ProcedureRow): object => ({
  id: idOf(row.code),
  code: row.code,
  codeNotation: '',
  name: row.name,
  categoriesDetails: named(row.field),
  executionMethods: [
    {
      submissionMethod: 'DIRECT_AND_ONLINE',
      processingTime: row.days,
      processingTimeUnit: 'WORKING_DAY',
      description: '',
      fees: [],
    },
  ],
  executionCases: [],
  executionSteps: [],
  legalBasisesDetails: [],
  departmentsExecuting: [{ code: '', name: executingOf(row) }],
  resultsDetails: [],
  decisionNo: '',
  isMinistry: false,
  isProvince: row.levels.includes('province'),
  isWard: row.levels.includes('commune'),
  isInternal: false,
  isOtherAgency: false,
  formalityType: 'STANDARD',
  updatedAt: 1790000000000,
});

/** A row of LayDanhSachTTHC: what a list says of a procedure isn't published beyond its code and name [I]. */
export const listedRow = (row: ProcedureRow): object => ({ MATTHC: row.code, TENTTHC: row.name, TRANGTHAI: '1' });

/** LayThuTuc. Numbers come as text or as numbers. */
export const procedureRow = (row: ProcedureRow): object => ({
  ID: '',
  MATTHC: row.code,
  TENTTHC: row.name,
  MACOQUANCONGBO: '',
  LOAITTHC: '0',
  TRANGTHAI: 1,
  CAPTHUCHIEN: [
    ...(row.levels.includes('province') ? [{ CAPTHUCHIEN: '2', TENCAP: 'Cấp Tỉnh' }] : []),
    ...(row.levels.includes('commune') ? [{ CAPTHUCHIEN: '4', TENCAP: 'Cấp Xã' }] : []),
  ],
  LINHVUCTHUCHIEN: row.field === '' ? [] : [{ MALINHVUC: '', TENLINHVUC: row.field }],
  CACHTHUCTHUCHIEN: [
    { KENH: '1', THOIGIAN: [{ THOIGIANGIAIQUYET: row.days, DONVITINH: 'Ngày làm việc', MOTA: '', PHILEPHI: [] }] },
    {
      KENH: 2,
      THOIGIAN: [{ THOIGIANGIAIQUYET: String(row.days), DONVITINH: 'Ngày làm việc', MOTA: '', PHILEPHI: [] }],
    },
  ],
  COQUANTHUCHIEN: [{ MADONVI: '', TENDONVI: executingOf(row) }],
});
