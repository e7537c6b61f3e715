import type { ContainerOf } from './service-kind.mjs';

export interface ContainerServer {
  start(): Promise<void>;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): Promise<void>;
  remove(): Promise<void>;
}

export function inContainers(env?: NodeJS.ProcessEnv): boolean;
export function containerServer(
  server: ContainerOf & { ports?: number[]; folder?: string; answers: () => Promise<boolean>; within: number },
): ContainerServer;
export function containersLeft(folder?: string): Promise<string[]>;
