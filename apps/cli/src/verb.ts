import type { Readable, Writable } from 'node:stream';
import type { ParseArgsOptionsConfig } from 'node:util';

/** What a verb sees of the outside world. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean; columns?: number };
}

export interface Given {
  options: Record<string, string | boolean | undefined>;
  operands: string[];
}

/** One thing that a person can ask for. Resolves to the exit code: 0 well, 1 not as it should be. */
export interface Verb {
  /** As typed: `case show`. */
  words: string;
  /** What follows the words, e.g. `CODE [--agency AGENCY]`. */
  usage: string;
  vi: string;
  en: string;
  options?: ParseArgsOptionsConfig;
  /** Least and most operands. */
  operands?: [least: number, most: number];
  run(given: Given, terminal: Terminal): Promise<number>;
}

/** Something that the person at the terminal can put right: said in two languages, without a stack. */
export class Trouble extends Error {
  constructor(
    readonly vi: string,
    readonly en: string,
  ) {
    super(`${vi} · ${en}`);
  }
}

/** The words themselves can't be understood: exit code 2. */
export class Misunderstood extends Trouble {}

/** The text that an option has; undefined where it isn't given. */
export const textOf = ({ options }: Given, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const say = (out: Writable, text: string): void => void out.write(`${text}\n`);
