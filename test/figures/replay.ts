import {
  countAccounts,
  countCases,
  countPayments,
  countPetitions,
  countProcedures,
  countUnits,
  refreshFacts,
  sumOf,
  type FigureCounts,
  type Database,
  type PaymentCounts,
  type PetitionCounts,
  type ProcedureCount,
} from '#ledger';
import type { Planned } from './planned.js';
import { enterAllFacts, enterCases } from './worlds/batches.js';
import {
  centreCases,
  centreSender,
  communeCases,
  communesSender,
  extraCases,
  extraSender,
  procedureLists,
} from './worlds/uong-bi.js';
import { accounts, appPeriod, hoaBinhSender, landPeriod, lists, payments, petitions, tayNinhSender } from './worlds/tay-ninh.js'; // prettier-ignore

/** What the ledger's events say, asked by SQL: nothing here comes from the generator. */
export interface Measured {
  centre: FigureCounts;
  /** The cases of the other reading alone. */
  extra: FigureCounts;
  communes: FigureCounts;
  centreList: ProcedureCount[];
  communesList: ProcedureCount[];
  payments: PaymentCounts;
  petitions: PetitionCounts;
  accounts: number;
  services: ProcedureCount[];
  units: { form: string; count: number }[];
  hoaBinh: ProcedureCount[];
}

/** Every seed's world through the ledger's own entry; how many events. Done again, it adds nothing. */
export async function enterSeeds(
  db: Database,
  planned: Planned,
  tell: (what: string, entered: number) => void = () => {},
): Promise<number> {
  let sum = 0;
  const cases = { 'Uông Bí': centreCases, 'Uông Bí, 580': extraCases, 'Uông Bí, xã phường': communeCases };
  for (const [what, make] of Object.entries(cases))
    sum += await enterCases(db, make(planned), (entered) => tell(what, sum + entered));
  const facts = { 'thủ tục': procedureLists, 'thanh toán': payments, 'phản ánh': petitions, 'danh mục': lists, 'tài khoản': accounts }; // prettier-ignore
  for (const [what, make] of Object.entries(facts))
    sum += await enterAllFacts(db, make(planned), (entered) => tell(what, sum + entered));
  return sum;
}

const year = { from: '2021-01-01', to: '2021-12-31' };

export async function measure(db: Database): Promise<Measured> {
  await refreshFacts(db);
  const casesOf = async (enteredBy: string): Promise<FigureCounts> =>
    sumOf(await countCases(db.pool, { period: year, enteredBy }));
  return {
    centre: await casesOf(centreSender),
    extra: await casesOf(extraSender),
    communes: await casesOf(communesSender),
    centreList: await countProcedures(db.pool, { period: year, enteredBy: centreSender }),
    communesList: await countProcedures(db.pool, { period: year, enteredBy: communesSender }),
    payments: await countPayments(db.pool, { period: landPeriod, enteredBy: tayNinhSender }),
    petitions: await countPetitions(db.pool, { period: appPeriod, enteredBy: tayNinhSender }),
    accounts: await countAccounts(db.pool, { period: appPeriod, enteredBy: tayNinhSender }),
    services: await countProcedures(db.pool, { period: appPeriod, enteredBy: tayNinhSender }),
    units: await countUnits(db.pool, { period: { from: '2022-06-01', to: '2022-06-30' }, enteredBy: tayNinhSender }),
    hoaBinh: await countProcedures(db.pool, { period: { from: '2017-01-01', to: '2017-12-31' }, enteredBy: hoaBinhSender }), // prettier-ignore
  };
}
