import type { Json } from '#wire';

import type { Steps } from '../connector.js';

export interface PlayedSteps extends Steps {
  kept: Record<string, Json>;
  /** From now on the claim is another's. */
  isFenced: boolean;
  /** As a later delivery of the same case sees it. */
  later(): PlayedSteps;
}

/** Steps as the ledger would keep them, of one delivery, and of an earlier one of the same case. */
export function playedSteps(kept: Record<string, Json> = {}, earlier: Record<string, Json> = {}): PlayedSteps {
  const steps: PlayedSteps = {
    kept: { ...kept },
    isFenced: false,
    get: (step) => steps.kept[step],
    ofCase: (step) => steps.kept[step] ?? earlier[step],
    keep: (step, result) => {
      if (!steps.isFenced) steps.kept[step] = result;
      return Promise.resolve(!steps.isFenced);
    },
    later: () => playedSteps({}, { ...earlier, ...steps.kept }),
  };
  return steps;
}
