import type { Fact } from '#ledger';
import type { ProcedureListed } from '#wire';

/** A place's list of procedures, one stream a row. */
export function* listings(
  sender: string,
  count: number,
  rowOf: (n: number) => Omit<ProcedureListed, 'code' | 'name' | 'at'>,
  day = '2021-01-04',
): Generator<Fact[]> {
  for (let n = 0; n < count; n++) {
    const code = `${sender}.${String(n + 1).padStart(4, '0')}`;
    const data: ProcedureListed = { code, name: `Thủ tục Mẫu ${n + 1}`, at: `${day}T08:00:00+07:00`, ...rowOf(n) };
    yield [{ sender, key: code, type: 'vn.lienthong.procedure.listed.v1', code, data, on: day, about: 'procedure' }];
  }
}
