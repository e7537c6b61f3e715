/**
 * Where a lane stands. `idle`: nothing is open in it. `turn`: any worker may claim it. `sending`: one worker holds it, for
 * one request. `timer`: until its time. `person`: until an operator, or something newer, makes what is parked needless.
 */
export type LaneState = 'idle' | 'turn' | 'sending' | 'timer' | 'person';

/** Who makes a move. `sweep` does late what a retry queue's timer should have done; `free-strays` what a lost answer left. */
export type LaneMover = 'plan' | 'claim' | 'outcome' | 'timer' | 'sweep' | 'reaper' | 'free-strays' | 'operator';

export interface LaneMove {
  /** Null: the lane begins. */
  from: LaneState | null;
  to: LaneState;
  by: LaneMover;
  when: string;
}

/** A lane's moves, all of them. The simulation sees each one happen, and no other. */
export const laneMoves: readonly LaneMove[] = [
  { from: null, to: 'turn', by: 'plan', when: 'its first event' },
  { from: null, to: 'sending', by: 'plan', when: 'its first event, and a place is free' },
  { from: 'idle', to: 'turn', by: 'plan', when: 'a new event' },
  { from: 'idle', to: 'sending', by: 'plan', when: 'a new event, and a place is free' },
  { from: 'turn', to: 'sending', by: 'claim', when: 'ask, or send' },
  { from: 'turn', to: 'timer', by: 'claim', when: 'a copy may still be out' },
  { from: 'turn', to: 'person', by: 'claim', when: 'the next one is parked' },
  { from: 'turn', to: 'idle', by: 'claim', when: 'nothing is open any more' },
  { from: 'sending', to: 'idle', by: 'outcome', when: 'acknowledged, the last' },
  { from: 'sending', to: 'sending', by: 'outcome', when: 'acknowledged, goes on at once' },
  {
    from: 'sending',
    to: 'turn',
    by: 'outcome',
    when: 'acknowledged; not held; nothing proved; parked, but something newer follows',
  },
  { from: 'sending', to: 'timer', by: 'outcome', when: 'busy; doubt' },
  { from: 'sending', to: 'person', by: 'outcome', when: 'parked' },
  { from: 'sending', to: 'timer', by: 'reaper', when: 'its worker died: doubt' },
  { from: 'sending', to: 'turn', by: 'free-strays', when: 'its worker never heard of the claim' },
  { from: 'timer', to: 'turn', by: 'timer', when: 'due' },
  { from: 'timer', to: 'turn', by: 'sweep', when: 'overdue' },
  { from: 'person', to: 'turn', by: 'plan', when: 'a newer full state, or a revocation' },
  { from: 'person', to: 'turn', by: 'operator', when: 'retried, edited, closed, doubt settled' },
  { from: 'person', to: 'timer', by: 'operator', when: 'retried while a copy may be out' },
  { from: 'person', to: 'idle', by: 'operator', when: 'the last one closed, or recorded as held' },
];

export const laneStateOf = (lane: { worker: unknown; wait: 'turn' | 'timer' | 'person' | null }): LaneState =>
  lane.worker === null ? (lane.wait ?? 'idle') : 'sending';
