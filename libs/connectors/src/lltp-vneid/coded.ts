import type { Address, Coded } from '#wire';

import { given } from '../national-portal/read-case.js';
import type { PortalItem } from '../national-portal/portal-item.js';

/** A code without a name is its own name. */
export const coded = (item: PortalItem, code: string, name: string): Coded | undefined => {
  const read = item.optional(code);
  return read === undefined ? undefined : { code: read, name: item.optional(name) ?? read };
};

export function addressOf(at: PortalItem): Address {
  return given({
    province: coded(at, 'maTinhThanh', 'tenTinhThanh'),
    district: coded(at, 'maQuanHuyen', 'tenQuanHuyen'),
    commune: coded(at, 'maPhuongXa', 'tenPhuongXa'),
    detail: at.optional('chiTiet'),
    country: at.optional('tenQuocGia') ?? at.optional('maQuocGia'),
  });
}
