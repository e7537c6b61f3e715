/** What an operator or a test asks a stand-in to do wrong. Several may hold at once; the first that fits a request plays. */
export interface Fault {
  /** The partner port refuses connections and drops those it has. */
  down?: true;
  /** The work and the answer come this much later. */
  slowMs?: number;
  /** The next n requests are taken and never answered; nothing is done. */
  hang?: number;
  /** The next n requests are worked and booked, then their connection is cut. */
  loseAnswer?: number;
  /** The next n requests get the partner's own way of saying "try again". */
  busy?: number;
  /** Refuses items as data, in the partner's shape; only where the member holds `equals`, if given. */
  refuseField?: { path: string; text: string; equals?: string };
  times?: number;
  /** Answers played word for word, one a request; nothing is done. */
  reply?: ScriptedReply[];
  when?: { code?: string; operation?: string };
}

export interface ScriptedReply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  html?: string;
}

export type Meeting =
  | { kind: 'none' }
  | { kind: 'slow'; ms: number }
  | { kind: 'hang' }
  | { kind: 'lose-answer' }
  | { kind: 'busy' }
  | { kind: 'reply'; reply: ScriptedReply };

interface Held {
  fault: Fault;
  left: number;
  hits: number;
}

const none: Meeting = { kind: 'none' };
const kinds = ['down', 'slowMs', 'hang', 'loseAnswer', 'busy', 'refuseField', 'reply'] as const;

/** The fault asked for, or why it isn't one. */
export function readFaults(body: unknown): Fault[] | string {
  const asked: unknown[] = Array.isArray(body) ? body : [body];
  for (const each of asked) {
    if (each === null || typeof each !== 'object') return 'a fault is an object';
    const members = each as Record<string, unknown>;
    const unknown = Object.keys(members).find((key) => ![...kinds, 'times', 'when'].includes(key));
    if (unknown !== undefined) return `no fault is called ${unknown}`;
    if (kinds.filter((kind) => kind in members).length !== 1)
      return `each fault names one of ${kinds.join(', ')}; send several as an array`;
    for (const key of ['slowMs', 'hang', 'loseAnswer', 'busy', 'times']) {
      if (key in members && (!Number.isInteger(members[key]) || Number(members[key]) < 0))
        return `${key} is a whole number`;
    }
    const field = members['refuseField'] as Record<string, unknown> | undefined;
    if (field && (typeof field['path'] !== 'string' || typeof field['text'] !== 'string'))
      return 'refuseField needs path and text';
    if ('reply' in members && !Array.isArray(members['reply'])) return 'reply is an array of answers';
  }
  return asked as Fault[];
}

/** Counts what each fault hit. A restart of the stand-in forgets them. */
export class Faults {
  private held: Held[] = [];

  set(faults: Fault[]): void {
    this.held = faults.map((fault) => ({ fault, left: allowance(fault), hits: 0 }));
  }

  get any(): boolean {
    return this.held.length > 0;
  }

  get down(): boolean {
    return this.held.some(({ fault }) => fault.down === true);
  }

  show(): object[] {
    return this.held.map(({ fault, left, hits }) => ({ ...fault, hits, ...(Number.isFinite(left) ? { left } : {}) }));
  }

  /** A connection that a closed port turned away isn't seen; what was cut off when it closed is. */
  cutOff(connections: number): void {
    for (const held of this.held) if (held.fault.down) held.hits += connections;
  }

  /** What this request meets. */
  meet(operation: string, codes: readonly string[]): Meeting {
    for (const held of this.held) {
      const { fault } = held;
      if (held.left <= 0 || fault.down || fault.refuseField || !fits(fault, operation, codes)) continue;
      held.hits += 1;
      held.left -= 1;
      if (fault.slowMs !== undefined) return { kind: 'slow', ms: fault.slowMs };
      if (fault.hang !== undefined) return { kind: 'hang' };
      if (fault.loseAnswer !== undefined) return { kind: 'lose-answer' };
      if (fault.busy !== undefined) return { kind: 'busy' };
      const reply = fault.reply?.[held.hits - 1];
      if (reply) return { kind: 'reply', reply };
    }
    return none;
  }

  /** The text with which this item is refused, if it is. */
  refusal(operation: string, code: string, item: unknown): { path: string; text: string } | undefined {
    for (const held of this.held) {
      const { refuseField } = held.fault;
      if (!refuseField || held.left <= 0 || !fits(held.fault, operation, [code])) continue;
      if (refuseField.equals !== undefined && memberAt(item, refuseField.path) !== refuseField.equals) continue;
      held.hits += 1;
      held.left -= 1;
      return refuseField;
    }
    return undefined;
  }
}

const allowance = (fault: Fault): number =>
  fault.hang ?? fault.loseAnswer ?? fault.busy ?? fault.reply?.length ?? fault.times ?? Number.POSITIVE_INFINITY;

const fits = ({ when }: Fault, operation: string, codes: readonly string[]): boolean =>
  (when?.code === undefined || codes.includes(when.code)) &&
  (when?.operation === undefined || when.operation === operation);

function memberAt(item: unknown, path: string): unknown {
  let at: unknown = item;
  for (const key of path.split('.'))
    at = at !== null && typeof at === 'object' ? (at as Record<string, unknown>)[key] : undefined;
  return at;
}
