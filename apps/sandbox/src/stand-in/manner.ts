/** An answer of a partner, before it is written. */
export interface Said {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/**
 * How a partner writes what a fault bends. What it doesn't have can't go wrong there: such a fault is refused.
 * Members are named once and bent wherever they stand in a body.
 */
export interface Manner {
  /** Members of requests with a code that another system gave: a receiver may drop its prefix. */
  readonly codes?: readonly string[];
  /** Members of requests and answers with a status of the ten. */
  readonly statuses?: readonly string[];
  /** Members of requests that list files. */
  readonly files?: readonly string[];
  /** Members of requests in which several paths of files are joined by `##`. */
  readonly joinedPaths?: readonly string[];
  /** Members of requests that list items; '' is the body itself. */
  readonly requestRows?: readonly string[];
  /** Members of answers that list rows. */
  readonly answerRows?: readonly string[];
  /** It shows what stands there now as lines. */
  readonly keepsLines?: true;
  /** The member of an answer that says how it went, what it holds after an error, and the member with the words. */
  readonly outcome?: { member: string; error: string | number; words: string };
  /** A member that a clerk who entered the case by hand would have worded differently. */
  readonly freeText?: string;
  /** Operations that log in, and that only read. */
  readonly logIns?: readonly string[];
  readonly reads?: readonly string[];
  /** What it says when an operation has worked; undefined where the operation enters nothing. */
  accepted(operation: string, body: unknown): Said | undefined;
  loginRefused?(): Said;
  /** How many were open. */
  endSessions?(): number;
}

/** Members of what a partner shows of its books as lines. */
export const lineRows = ['rows', 'lines'] as const;

/** Of a partner that says nothing of itself: what goes wrong below its protocol can still be played. */
export const mute: Manner = { accepted: () => undefined };
