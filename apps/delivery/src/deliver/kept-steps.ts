import type { Steps } from '#connectors';
import { isUnavailable, keepStep, keptSteps, type ClaimedLane, type Database } from '#ledger';

const AGAIN_MS = 500;

export interface StepOffice {
  db: Database;
  worker: { readonly id: string; isAlive(): boolean };
}

/** Undefined: PostgreSQL was away for as long as this worker lived. */
export async function stepsOf(office: StepOffice, lane: ClaimedLane): Promise<Steps | undefined> {
  const kept = await whileAlive(office, () => keptSteps(office.db, lane));
  return kept && new KeptSteps(office, lane, kept);
}

class KeptSteps implements Steps {
  constructor(
    private readonly office: StepOffice,
    private readonly lane: ClaimedLane,
    private readonly kept: Awaited<ReturnType<typeof keptSteps>>,
  ) {}

  get: Steps['get'] = (step) => {
    const { sequence, revision } = this.lane;
    return this.kept.findLast(
      (one) => one.own && one.step === step && one.sequence === sequence && one.revision === revision,
    )?.result;
  };

  ofCase: Steps['ofCase'] = (step) => this.kept.findLast((one) => one.step === step)?.result;

  /** Where PostgreSQL is away this waits: what isn't committed may be sent a second time. False, too, where the lease has ended. */
  keep: Steps['keep'] = async (step, result) => {
    const { lane, office } = this;
    const isKept = await whileAlive(office, () => keepStep(office.db, office.worker.id, lane, step, result));
    if (isKept) this.kept.push({ own: true, sequence: lane.sequence, revision: lane.revision, step, result });
    return isKept === true && office.worker.isAlive();
  };
}

async function whileAlive<T>({ worker }: StepOffice, work: () => Promise<T>): Promise<T | undefined> {
  while (worker.isAlive()) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
  return undefined;
}
