import { setTimeout as wait } from 'node:timers/promises';
import { aftermathOf, findOperation, type Aftermath, type Database, type Operation } from '#ledger';
import { ProgressBar } from '../terminal/progress-bar.js';
import { Trouble, type Terminal } from '../verb.js';

const LOOK_MS = 200;

const hasEnded = ({ state }: Operation): boolean => state !== 'running';

export interface Followed {
  operation: Operation;
  aftermath: Aftermath;
  /** It ended in time, and with `outcomes` so did everything that it put on its way. */
  isOver: boolean;
}

interface Patience {
  seconds: number;
  outcomes: boolean;
  /** Enough is done for the one who looks on. Default: it has ended. */
  isEnough?: (operation: Operation) => boolean;
}

/** Looks on while a delivery process carries it out. It goes on just the same where nobody looks. */
export async function followOperation(
  db: Database,
  id: string,
  { stderr }: Terminal,
  { seconds, outcomes, isEnough = hasEnded }: Patience,
): Promise<Followed> {
  const bar = new ProgressBar(stderr);
  const deadline = performance.now() + seconds * 1_000;
  try {
    for (;;) {
      const operation = await findOperation(db, id);
      if (!operation) throw new Trouble(`Không có thao tác ${id}`, `there is no operation ${id}`);
      const aftermath = await aftermathOf(db, id);
      const isOver = isEnough(operation) && (!outcomes || aftermath.underWay === 0);
      if (isOver || performance.now() >= deadline) return { operation, aftermath, isOver };
      const looked = operation.done + operation.failed;
      bar.show(
        operation.total === null || operation.total === 0 ? undefined : looked / operation.total,
        `${looked}${operation.total === null ? '' : `/${operation.total}`} hồ sơ, ${aftermath.underWay} đang chuyển · under way`,
      );
      await wait(LOOK_MS);
    }
  } finally {
    bar.end();
  }
}
