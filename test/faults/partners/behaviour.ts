/** What a partner does with a request, until told otherwise. */
export type Behaviour =
  | { kind: 'ok' }
  /** 503 to everything, look-ups too. */
  | { kind: 'down' }
  /** 422 to every item whose event falls into this one of `of` classes. */
  | { kind: 'refuse'; one: number; of: number }
  /** Reads, does nothing, never answers. */
  | { kind: 'hang' }
  /** In turns: the request is cut before anything is done; all is done, and the answer is cut in its middle. */
  | { kind: 'reset' }
  /** Does the work and closes the connection. */
  | { kind: 'lose-answer' }
  | { kind: 'slow'; ms: number }
  /** Rows of an answer in another order, and of each fortieth batch one is missing. */
  | { kind: 'shuffled' };

/** What becomes of one request. `cut`: `none` before anything is written, `half` in the middle of the answer. */
export interface Fate {
  status: number;
  does: boolean;
  cut?: 'none' | 'half';
  neverAnswers?: true;
  afterMs: number;
}

const ANSWERS_IN_MS = 2;

/** Pure: the n-th request under this behaviour. */
export function fateOf(behaviour: Behaviour, n: number): Fate {
  const well: Fate = { status: 200, does: true, afterMs: ANSWERS_IN_MS };
  switch (behaviour.kind) {
    case 'ok':
    case 'refuse':
    case 'shuffled':
      return well;
    case 'down':
      return { ...well, status: 503, does: false };
    case 'hang':
      return { ...well, does: false, neverAnswers: true };
    case 'reset':
      return n % 2 === 0 ? { ...well, does: false, cut: 'none' } : { ...well, cut: 'half' };
    case 'lose-answer':
      return { ...well, cut: 'none' };
    case 'slow':
      return { ...well, afterMs: behaviour.ms };
  }
}

/** Whether an item falls under a partner's refusal: a property of the item, so that it is refused again whenever it comes. */
export function isRefused(behaviour: Behaviour, eventId: string): boolean {
  return behaviour.kind === 'refuse' && Number.parseInt(eventId.slice(0, 6), 16) % behaviour.of === behaviour.one;
}
