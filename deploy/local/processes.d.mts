import type { ChildProcess } from 'node:child_process';
import type { Program } from './service-kind.mjs';

/** A process that can't be mistaken for a later one of the same number. */
export interface Identity {
  pid: number;
  started: string;
}

export function identityOf(pid: number): Identity | undefined;
export function isAlive(identity: Identity | undefined): boolean;
export function launch(
  program: Program & { record: string; out: number | 'pipe'; leash?: boolean; ownSession?: boolean },
): ChildProcess;
export function runTask(program: Program & { record: string; out: number }): Promise<number | null>;
export function stopProcess(
  identity: Identity | undefined,
  signals?: [NodeJS.Signals, number][],
  more?: { group?: boolean },
): Promise<void>;
export function stopLeftBehind(folder: string, signals?: [NodeJS.Signals, number][]): Promise<string[]>;
export function until(condition: () => unknown, bound: number, every?: number): Promise<boolean>;
