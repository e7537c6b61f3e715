import type { KeyShare } from '#ledger';
import { SourceRefused } from './line-source.js';

/** Percent of a spreadsheet’s cases, where the contract says nothing. */
export const USUAL_LEAST_MATCH = 50;
/** Fewer are looked at one by one; but where nothing at all of either side is at the other, the file is a wrong one however short. */
const FEW = 5;

/**
 * Why a file isn't this agency's, or isn't of these days, or not all of it: of either side, fewer than `least` percent of its
 * cases are at the other one, under any code. 0: whatever it says is compared.
 */
export function unlikeOurs(share: KeyShare, least: number): SourceRefused | undefined {
  const { ours, theirs, missingThere, missingHere } = share;
  if (least === 0 || (ours === 0 && theirs === 0)) return undefined;
  const isLess = (missing: number, all: number, others: number): boolean =>
    (others > 0 && missing > 0 && missing === all) || (missing >= FEW && (all - missing) * 100 < least * all);
  if (!isLess(missingHere, theirs, ours) && !isLess(missingThere, ours, theirs)) return undefined;
  const [here, there] = [share.examplesHere, share.examplesThere].map((keys) => keys.join(', ')) as [string, string];
  const known = `${theirs - missingHere}/${theirs}`;
  const held = `${ours - missingThere}/${ours}`;
  return new SourceRefused(
    'unlike-ours',
    `tệp không giống sổ của cơ quan này trong những ngày được so (tệp của cơ quan khác, của kỳ khác, hoặc chỉ một phần?): ${known} hồ sơ trong tệp có ở bên ta, ${held} hồ sơ của ta có trong tệp; mỗi bên cần ít nhất ${least} %. ${here && `Chỉ có trong tệp: ${here}. `}${there && `Chỉ có ở bên ta: ${there}. `}Không ghi gì; nếu tệp đúng, thêm --sure (API: sure=true)`,
    `it doesn’t look like this agency’s books of these days (another agency’s, another period’s, or a part?): ${known} of its cases are ours, ${held} of ours are in it; either needs ${least} %. ${here && `Only in the file: ${here}. `}${there && `Only here: ${there}. `}Nothing was kept; if it is right, say --sure (API: sure=true)`,
  );
}
