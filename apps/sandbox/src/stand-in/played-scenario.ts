import type { Fault, Held } from './faults.js';
import { mute } from './manner.js';
import {
  millisecondsOf,
  readScenario,
  type Condition,
  type Scenario,
  type ScenarioFault,
  type ScenarioStep,
} from './scenario.js';
import { playedNames, type StandIn } from './stand-in.js';

interface Running {
  scenario: Scenario;
  steps: Played[];
  startedAt: number;
  /** How many times faster than the file says time passes. */
  pace: number;
  requests: number;
  applied: number;
  statuses: Set<number>;
}

interface Played {
  step: ScenarioStep;
  state: 'waiting' | 'playing' | 'over';
  held?: Held;
  beganAt: number;
}

const tickMs = 50;

/** A scenario at one stand-in: its own steps of the file, begun and ended by what arrives here. */
export class PlayedScenario {
  private running: Running | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly standIn: StandIn) {
    standIn.book.heard = ({ effect, status }) => {
      if (!this.running) return;
      if (effect === 'applied') this.running.applied += 1;
      if (typeof status === 'number' && (effect === 'applied' || effect === 'own')) this.running.statuses.add(status);
      this.move();
    };
  }

  /** Plays a file from its beginning, in place of the one before. */
  start(text: string, pace = 1): ScenarioFault | undefined {
    const { name, manner = mute } = this.standIn;
    const read = readScenario(text, (at) =>
      at === name ? manner : (playedNames as readonly string[]).includes(at) ? 'elsewhere' : undefined,
    );
    if ('line' in read) return read;
    this.stop();
    const steps = read.steps
      .filter(({ at }) => at === name)
      .map((step): Played => ({ step, state: 'waiting', beganAt: 0 }));
    const startedAt = performance.now();
    this.running = { scenario: read, steps, startedAt, pace, requests: 0, applied: 0, statuses: new Set() };
    this.timer = setInterval(() => this.move(), tickMs).unref();
    this.move();
    return undefined;
  }

  /** Takes away what it plays. */
  stop(): void {
    clearInterval(this.timer);
    for (const { held } of this.running?.steps ?? []) if (held) this.standIn.faults.remove(held);
    this.running = undefined;
  }

  /** A request has arrived and hasn't met a fault yet. */
  requested(): void {
    if (!this.running) return;
    this.running.requests += 1;
    this.move();
  }

  show(): object | undefined {
    if (!this.running) return undefined;
    const { scenario, steps, requests, applied, startedAt, pace } = this.running;
    return {
      title: scenario.title,
      seed: scenario.seed,
      over: steps.every(({ state }) => state === 'over'),
      requests,
      applied,
      seconds: Math.round(((performance.now() - startedAt) * pace) / 1_000),
      steps: steps.map(({ step, state, held }) => ({ name: step.name, state, do: step.do, hits: held?.hits ?? 0 })),
    };
  }

  /** Ends what is over and begins what may begin. A step that ends by its last hit ends with the next thing that happens. */
  private move(): void {
    const { running } = this;
    if (!running) return;
    for (const played of running.steps) if (played.state === 'playing' && isOver(played, running)) this.end(played);
    for (const played of running.steps) {
      if (played.state !== 'waiting') continue;
      if (played.step.when && !holds(played.step.when, running)) return;
      this.begin(played, running);
    }
  }

  private begin(played: Played, { scenario, pace }: Running): void {
    const { name } = played.step;
    const fault = inTime(played.step.do, pace);
    const when = fault.when && { ...fault.when, seed: fault.when.seed ?? scenario.seed };
    played.state = 'playing';
    played.beganAt = performance.now();
    played.held = this.standIn.faults.add({ ...fault, ...(when ? { when } : {}) }, name);
  }

  private end(played: Played): void {
    played.state = 'over';
    if (played.held) this.standIn.faults.remove(played.held);
  }
}

/** Slowness is time too: 60 s of it are 3 s at a pace of 20. */
function inTime(fault: Fault, pace: number): Fault {
  const scaled = { ...fault };
  for (const name of ['slowMs', 'slowAnswerMs', 'dripMs'] as const)
    if (fault[name] !== undefined) scaled[name] = Math.ceil(fault[name] / pace);
  return scaled;
}

function isOver({ step, held, beganAt }: Played, running: Running): boolean {
  const { hits, duration, until } = step.for ?? {};
  return (
    (held !== undefined && held.left <= 0) ||
    (hits !== undefined && (held?.hits ?? 0) >= hits) ||
    (duration !== undefined && (performance.now() - beganAt) * running.pace >= millisecondsOf(duration)) ||
    (until !== undefined && holds(until, running))
  );
}

function holds({ requests, applied, status, at, after }: Condition, running: Running): boolean {
  return (
    (requests === undefined || running.requests >= requests) &&
    (applied === undefined || running.applied >= applied) &&
    (status === undefined || running.statuses.has(status)) &&
    (at === undefined || (performance.now() - running.startedAt) * running.pace >= millisecondsOf(at)) &&
    (after === undefined || running.steps.some(({ step, state }) => step.name === after && state === 'over'))
  );
}
