export interface Program {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  user?: { uid: number; gid: number } | undefined;
}

export interface Address {
  port: number;
  secondPort: number;
  password: string;
}

export interface Preparing {
  folder: string;
  /** Remembered between starts; where PostgreSQL's data lies is in it. */
  memory: { place?: string };
  password: string;
  log: string;
  detail: (what: string) => void;
  /** Runs a program to its end; its exit code. */
  task: (name: string, program: Program) => Promise<number | null>;
}

/** A server's container: a public image, what it is told, and where in it the data lies (a volume of the image's). */
export interface ContainerOf {
  image: string;
  env: Record<string, string>;
  args: string[];
}

/** PostgreSQL, Redis or Kafka: how one is made, started and asked whether it serves. */
export interface ServiceKind<Prepared> {
  title: string;
  stopSignals: [NodeJS.Signals, number][];
  readyWithin: number;
  prepare(preparing: Preparing): Promise<Prepared>;
  command(prepared: Prepared, address: Address): Program;
  /** Listens on the address' own ports, in whichever network. */
  container(address: Address & { hostNetwork?: boolean }): ContainerOf;
  url(address: Address): string;
  answers(url: string): Promise<boolean>;
  places(of: { folder: string; memory: { place?: string } }): string[];
}
