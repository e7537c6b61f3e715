import { recipients } from '#domain';
import {
  canonicalJson,
  fieldNames,
  hubSender,
  shortType,
  textHash,
  type ComparedField,
  type CorrectionAsked,
  type Json,
} from '#wire';
import type { PoolClient } from 'pg';
import { agenciesIn, versionOn, type Agency } from '../agencies.js';
import type { EntryItem } from '../entry.js';
import { recordOperation } from '../operations/operation.js';
import { casesOf, enterRepairs, type CaseOf } from './case-of.js';
import type { OpenDiscrepancy } from './discrepancies.js';
import { byHand, RECONCILIATION, type Settled, type Settling } from './settling.js';

const TYPE = 'vn.lienthong.case.correction-asked.v1';

/**
 * Asks whoever entered a case to put right what both sides' books differ in: an event of the case, which the plan gives to
 * those whose contract receives it. Where no counter's does, nothing is entered and people are to ask.
 */
export async function askCounter(
  client: PoolClient,
  settling: Settling,
  open: readonly OpenDiscrepancy[],
): Promise<Settled[]> {
  const [cases, agencies] = [await casesOf(client, open), await agenciesIn(client)];
  const asked = open.map((one) => {
    const of = cases.get(one.streamId ?? '');
    return { one, item: of && hasCounter(of, agencies) ? itemOf(one, of, settling) : undefined };
  });
  const items = asked.flatMap(({ item }) => item ?? []);
  const answers = await enterRepairs(client, items);
  const settled: Settled[] = [];
  for (const { one, item } of asked) {
    const { id, key } = one;
    const answer = item && answers[items.indexOf(item)]!;
    if (answer === undefined) settled.push(byHand(settling, one, 'nobody-receives'));
    else if (typeof answer !== 'object')
      settled.push({ id, key, outcome: answer === 'known' ? 'done-before' : answer, operation: null });
    else {
      const selection = { ...answer, discrepancies: [id] };
      const order = { kind: 'ask-counter' as const, ...settling, selection };
      settled.push({ id, key, outcome: 'ordered', operation: await recordOperation(client, order) });
    }
  }
  return settled;
}

/** Who entered the case answers; others who receive such questions only hear of it. */
function hasCounter(of: CaseOf, agencies: readonly Agency[]): boolean {
  const receivers = agencies.flatMap((agency) => {
    const receives = versionOn(agency, of.openedOn)?.receives;
    return receives && [of.enteredBy, ...of.alsoEnteredBy].includes(agency.id) ? [{ agency: agency.id, receives }] : [];
  });
  return recipients({ ...of, type: shortType(TYPE), sender: hubSender }, receivers).length > 0;
}

/** The same question of the same discrepancy is one event, however often it is asked; in other words it is another. */
function itemOf(one: OpenDiscrepancy, { code }: CaseOf, { agency, reason, author }: Settling): EntryItem {
  const data = questionOf(one, agency, author === RECONCILIATION ? null : reason) as unknown as Json;
  const key = `correction-asked/${one.id}/${textHash(canonicalJson(data)).slice(0, 16)}`;
  return { sender: hubSender, key, type: TYPE, caseCode: code, data };
}

/** Values are masked where discrepancies are kept, so nobody's are in it. */
function questionOf({ id, key, detail }: OpenDiscrepancy, agency: string, note: string | null): CorrectionAsked {
  const fields = Object.entries(detail.fields ?? {}).map(([name, [ours, theirs]]) => ({
    ...{ name: name as ComparedField, ours, theirs },
  }));
  const named = (language: 'vi' | 'en'): string => fields.map(({ name }) => fieldNames[name][language]).join(', ');
  return {
    ...{ discrepancy: id, agency, key, fields },
    reason: {
      vi: `Đối soát thấy sổ của ${agency} và của trục khác nhau${fields.length > 0 ? ` về ${named('vi')}` : ''}. Đề nghị bộ phận một cửa xem lại giấy tờ gốc rồi gửi case.supplemented với nội dung đúng, kể cả khi không phải sửa gì.`,
      en: `A reconciliation found that the books of ${agency} and of the hub differ${fields.length > 0 ? ` in ${named('en')}` : ''}. Please look at the papers and send case.supplemented with what is right, even where nothing has to be changed.`,
    },
    ...(note === null ? {} : { note }),
  };
}
