import { formatted, object, text } from '../schema.js';
import type { Address, Coded, Kin } from './case.js';

export const coded = object<Coded>({ code: text(64), name: text(1_000) }, {});

export const address = object<Address>(
  {},
  { province: coded, district: coded, commune: coded, detail: text(500), country: text(100) },
);

export const kin = object<Kin>({ name: text(200) }, { born: formatted('partial-date') });

/** As people write them: several numbers, extensions. */
export const phone = text(50);
export const email = formatted('email');
