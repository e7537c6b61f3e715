import { readProgress } from '#connectors';
import { itemHash } from '#wire';
import { outcomeOf, refusedFor, type RowOutcome } from './door-answer.js';
import { stateIn, textOf } from './door-state.js';
import type { Opening } from './opening.js';
import { isOldArrival } from './steps-of.js';
import type { DoorPorts } from './sync-cases.js';

const MOST_LOOKS = 5;

/** CapNhatTienDoHoSoMC: a row is an event, and the same row again is the same event, in whatever company it comes. */
export class ReportProgress {
  constructor(private readonly ports: DoorPorts) {}

  async run({ agency }: Opening, members: unknown): Promise<RowOutcome> {
    const read = readProgress(members);
    if (read.kind === 'faults') {
      this.ports.count('invalid-payload');
      return refusedFor(read.faults);
    }
    const { code, status, type, data } = read.value;
    const report = {
      sender: agency,
      key: `progress:${code} ${itemHash(data)}`,
      type,
      code,
      data,
      at: { data: '', code: '/code' },
      came: members,
    } as const;
    for (let look = 1; look <= MOST_LOOKS; look++) {
      const view = await this.ports.view(agency, code);
      if (!view) return outcomeOf('progress', { code: 'unknown-case' }, code);
      // Many systems tell a case's arrival once more, after it has moved on.
      if (isOldArrival(status, view.status)) {
        this.ports.count('unchanged');
        return { kind: 'taken' };
      }
      const said = stateIn(view.state);
      const moved = said !== null && said.status !== status;
      const state = moved ? { state: textOf({ ...said, status }), compared: { with: view.state, isNews: true } } : {};
      const outcome = await this.ports.enterReport.run({ ...report, ...state }, 'portal');
      if (outcome.kind === 'held') return { kind: 'taken' };
      if (!outcome.isOvertaken) return outcomeOf('progress', outcome.refusal, code);
    }
    return { kind: 'busy' };
  }
}
