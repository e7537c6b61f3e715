import type { Answer, Call, Ended, Held } from './lane-store.js';
import { deliveriesOf, type MemoryState } from './memory-state.js';

/** A call as it was made, for another store to repeat. */
export interface Step {
  at: number;
  call: Call;
  answer: Answer;
}

/** What happened in a world: calls that another store can repeat, and lines for a person to read. Empty unless it is kept. */
export class Chronicle {
  readonly steps: Step[] = [];
  readonly history: string[] = [];
  private readonly isKept: boolean;
  private stand = '';

  constructor(isKept: boolean) {
    this.isKept = isKept;
  }

  say(now: number, what: string): void {
    if (this.isKept) this.history.push(`${(now / 1_000).toFixed(3).padStart(8)}  ${what}`);
  }

  called(call: Call, answer: Answer, state: MemoryState): void {
    if (!this.isKept) return;
    this.steps.push({ at: state.now, call: structuredClone(call), answer: structuredClone(answer) });
    const stand = standOf(state);
    // What changed nothing is left out of the history.
    if (stand !== this.stand) this.say(state.now, `${saidOf(call, answer)}${stand}`);
    this.stand = stand;
  }
}

function saidOf({ do: what, ...rest }: Call, answer: Answer): string {
  const ends =
    'ends' in rest ? rest.ends.map(({ held, kind }) => `${held.stream}/${held.sequence}#${held.claim} ${kind}`) : null;
  const said = Array.isArray(answer) ? answer.map((one) => (typeof one === 'object' ? shortOf(one) : one)) : answer;
  return `${what} ${ends === null ? JSON.stringify(rest) : `worker ${'worker' in rest ? rest.worker : ''}: ${ends.join()}`} → ${JSON.stringify(said)}`;
}

const shortOf = (one: Held | Ended): string =>
  'purpose' in one
    ? `${one.purpose} ${one.stream}/${one.sequence}#${one.claim}`
    : `${one.stream}/${one.sequence} ${one.wait ?? ''}`;

/** The lanes as they stand, one a line: each delivery by its form, its state and its taint (d doubted, R reaped). */
const standOf = (state: MemoryState): string =>
  [...state.lanes.values()]
    .map((l) => {
      const all = deliveriesOf(state, l.stream).map(
        (d) =>
          `${d.sequence}${d.form[0]!}:${d.state.slice(0, 3)}${d.taint === 'none' ? '' : d.taint === 'doubted' ? 'd' : 'R'}`,
      );
      const held = l.worker === null ? (l.wait ?? 'idle') : `held by ${l.worker}#${l.claim} for ${l.sending ?? ''}`;
      return `\n          lane ${l.stream}: done ${l.done}, ${held}${l.doubtAt === null ? '' : `, doubt ${l.doubtAt}`} · ${all.join(' ')}`;
    })
    .join('');
