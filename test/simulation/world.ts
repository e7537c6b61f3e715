import { Agenda } from './agenda.js';
import { Chronicle, type Step } from './chronicle.js';
import { circumstancesOf, type Circumstances } from './circumstances.js';
import { Judge } from './judge.js';
import { LEASE_MS, type Answer, type Call, type End, type Ended } from './lane-store.js';
import { deliveriesOf, isOpen, type MemoryState } from './memory-state.js';
import { MemoryStore } from './memory-store.js';
import { Network } from './network.js';
import { Partner } from './partner.js';
import { operate, type Hand } from './operator.js';
import { seeded, type Random } from './random.js';
import { asBuilt, type Rules } from './rules.js';
import { Worker } from './worker.js';

export interface Ending {
  seed: number;
  broken: string[];
  steps: Step[];
  history: string[];
}

export interface Settings {
  rules?: Rules;
  /** What a person may do here. */
  hand?: Hand;
  /** Keeps calls and a readable history. */
  keeps?: boolean;
}

const CALM_MS = 900_000;
const LATE_MS = 7_000;

/** One agency, a few streams, a few processes, and everything that may go wrong between them, from one seed. */
export class World {
  readonly random: Random;
  readonly is: Circumstances;
  readonly store: MemoryStore;
  readonly judge: Judge;
  readonly network: Network;
  readonly lease = LEASE_MS;
  private readonly partner: Partner;
  private readonly agenda = new Agenda();
  private readonly chronicle: Chronicle;
  private readonly workers = new Map<string, Worker>();
  private readonly entered = new Map<number, string>();
  private readonly settings: Settings;
  private readonly seed: number;
  private isCalm = false;
  private count = 0;
  private ordinals = 0;

  constructor(seed: number, settings: Settings = {}) {
    this.seed = seed;
    this.settings = settings;
    this.chronicle = new Chronicle(settings.keeps ?? false);
    this.random = seeded(seed);
    this.is = circumstancesOf(this.random);
    this.store = new MemoryStore(this.is.terms, settings.rules ?? asBuilt);
    this.partner = new Partner(this.is.partner);
    this.judge = new Judge(this.partner, { canAsk: this.is.terms.canAsk, hasKeys: this.is.partner.hasKeys });
    this.network = new Network(this, this.partner);
  }

  get now(): number {
    return this.agenda.now;
  }
  get state(): MemoryState {
    return this.store.state;
  }
  get rules(): Rules {
    return this.store.rules;
  }

  run(): Ending {
    this.say(`seed ${this.seed}: ${this.is.streams.join(' ')}, partner ${JSON.stringify(this.is.partner, withSets)}`);
    for (let i = 1; i <= this.is.workers; i++) this.after(this.random.whole(0, 500), () => this.start(`w${i}`));
    this.is.streams.forEach((letters, i) => this.enterBit(i + 1, letters, true));
    this.after(1_000, () => this.operatorLooks());
    if (this.is.faults.pause > 0) this.after(1_000, () => this.pauses());
    this.after(this.is.chaosMs, () => this.calm());
    const end = this.is.chaosMs + CALM_MS;
    while (this.judge.broken.length === 0 && !this.isAtRest() && this.agenda.step(end));
    if (this.judge.broken.length === 0) {
      // Late packets still arrive.
      const end = this.now + LATE_MS;
      while (this.agenda.step(end));
      this.judge.atRest(this.state, this.entered);
    }
    for (const broken of this.judge.broken) this.say(`BROKEN ${broken}`);
    const { steps, history } = this.chronicle;
    return { seed: this.seed, broken: this.judge.broken, steps, history };
  }

  say(what: string): void {
    this.chronicle.say(this.now, what);
  }

  after(delay: number, act: () => void): void {
    this.agenda.after(delay, act);
  }

  /** One commit. */
  call(call: Call): Answer {
    this.state.now = this.now;
    const answer = this.store.apply(call);
    this.chronicle.called(call, answer, this.state);
    if (call.do === 'free-strays' && (answer as number[]).length > 0) this.judge.note('stray freed');
    this.judge.moved(this.state, call.do);
    this.judge.check(this.state);
    return answer;
  }

  settle(worker: number, ends: End[]): Ended[] {
    const before = new Map([...this.state.lanes].map(([stream, lane]) => [stream, { ...lane }]));
    const written = this.call({ do: 'settle', worker, ends }) as Ended[];
    this.judge.settled(this.state, before, worker, ends, written);
    return written;
  }

  reap(call: Extract<Call, { do: 'reap-dead' | 'reap-predecessors' }>): void {
    for (const stream of this.call(call) as number[]) this.judge.reaped(stream, this.state.lanes.get(stream)!.sending!);
  }

  /** A retry queue's job: may be lost. */
  setTimer(stream: number, inMs: number): void {
    if (this.goesWrong(this.is.faults.lostTimer)) return;
    this.after(inMs, () => this.anybody()?.wake([stream]));
  }

  unplanned(): number[] {
    return [...this.state.events.keys()].filter(
      (s) => this.state.events.get(s)!.length > (this.state.planned.get(s) ?? 0),
    );
  }

  letterOf(stream: number, sequence: number): string {
    return this.state.events.get(stream)![sequence - 1]!.letter;
  }

  /** With this likelihood; never once the world is calm. */
  goesWrong(p: number): boolean {
    return !this.isCalm && p > 0 && this.random.chance(p);
  }

  /** The statement was committed, and its answer is lost. */
  losesReply(): boolean {
    return this.goesWrong(this.is.faults.lostReply);
  }

  /** Before each step of a process: whether this is its last, or whether it freezes instead. */
  crashes(worker: Worker): boolean {
    if (this.isCalm) return false;
    if (this.random.chance(this.is.faults.crash / 4)) {
      worker.crash();
      return true;
    }
    if (this.random.chance(this.is.faults.freeze / 4)) {
      worker.frozenUntil = this.now + this.random.whole(1_000, 15_000);
      this.say(`worker ${worker.number} freezes until ${worker.frozenUntil / 1_000}`);
    } else if (this.random.chance(this.is.faults.stop / 4)) worker.stop();
    return false;
  }

  died(worker: Worker): void {
    this.workers.delete(worker.instance);
    this.after(this.random.whole(50, 6_000), () => this.start(worker.instance));
  }

  private start(instance: string): void {
    this.say(`worker ${++this.count} starts as ${instance}`);
    this.workers.set(instance, new Worker(this, this.count, instance));
  }

  private anybody(): Worker | undefined {
    const alive = [...this.workers.values()];
    return alive.length === 0 ? undefined : this.random.pick(alive);
  }

  /** Events enter one after the other or several at once; each draws its number before it commits. */
  private enterBit(stream: number, letters: string, opens: boolean): void {
    if (letters === '') return;
    this.after(this.random.whole(0, (this.is.chaosMs / this.is.streams[stream - 1]!.length) * 0.8), () => {
      const bit = letters.slice(0, this.random.whole(1, Math.max(3, letters.length)));
      const ordinals = [...bit].map(() => ++this.ordinals);
      this.after(this.random.whole(0, 400), () => {
        this.call({ do: 'enter', stream, letters: bit, opens, ordinals });
        this.entered.set(stream, (this.entered.get(stream) ?? '') + bit);
        if (!this.goesWrong(this.is.faults.lostMessage))
          this.after(this.random.whole(0, 100), () => this.anybody()?.plan([stream]));
        this.enterBit(stream, letters.slice(bit.length), false);
      });
    });
  }

  private operatorLooks(): void {
    const looked = operate(this, this.partner, this.settings.hand ?? 'all', this.isCalm);
    if (looked) this.say('the operator acts');
    this.after(this.random.whole(1_000, 6_000), () => this.operatorLooks());
  }

  private pauses(): void {
    const { faults } = this.is;
    if (!this.isCalm && !this.state.paused && this.random.chance(faults.pause * 4)) {
      this.call({ do: 'pause' });
      this.after(this.random.whole(500, 6_000), () => this.call({ do: 'resume' }));
    }
    if (!this.isCalm) this.after(1_000, () => this.pauses());
  }

  private calm(): void {
    this.isCalm = true;
    if (this.settings.hand === 'retry') this.partner.mindsNothing();
    this.say('from here on nothing goes wrong');
    for (const worker of this.workers.values()) worker.frozenUntil = Math.min(worker.frozenUntil, this.now + 100);
  }

  private isAtRest(): boolean {
    if (!this.isCalm || this.unplanned().length > 0) return false;
    if (this.is.streams.some((letters, i) => this.entered.get(i + 1)?.length !== letters.length)) return false;
    return [...this.state.lanes.values()].every(
      (l) => l.worker === null && l.wait === null && !deliveriesOf(this.state, l.stream).some(isOpen),
    );
  }
}

const withSets = (_: string, value: unknown): unknown => (value instanceof Set ? [...(value as Set<unknown>)] : value);

export const runWorld = (seed: number, settings?: Settings): Ending => new World(seed, settings).run();
