import { failuresAfter, probeWait, signOf, type Attempt, type LookUp, type Reply, type Sign, type Step } from '#domain';
import type { Ended, End, Held } from './lane-store.js';
import type { Item } from './partner.js';
import type { Request } from './judge.js';
import type { World } from './world.js';

const PLACES = 2;

/** One process: what apps/delivery does about lanes, a step at a time. It dies between any two, or freezes. */
export class Worker {
  isDead = false;
  frozenUntil = 0;
  private aliveUntil: number;
  private isStopping = false;
  private breakerIsOpen = false;
  private isPaused = false;
  private isProbing = false;
  private failures = 0;
  private readonly held = new Map<number, Held>();
  private readonly world: World;
  readonly number: number;
  readonly instance: string;

  constructor(world: World, number: number, instance: string) {
    this.world = world;
    this.number = number;
    this.instance = instance;
    this.aliveUntil = world.now + world.lease;
    world.call({ do: 'enlist', worker: number, instance });
    this.soon(5, () => {
      world.reap({ do: 'reap-predecessors', worker: number, instance });
      this.beat();
      this.look();
    });
    this.every(5_000, () => this.strays());
  }

  /** The process is gone, and all that it knew. What it had sent is on its way. */
  crash(): void {
    this.isDead = true;
    this.world.say(`worker ${this.number} crashes`);
    this.world.died(this);
  }

  stop(): void {
    this.isStopping = true;
    this.world.say(`worker ${this.number} is asked to stop`);
  }

  wake(streams: readonly number[]): void {
    for (const stream of streams) this.soon(10, () => this.world.call({ do: 'wake', stream }));
    this.soon(20, () => this.claim());
  }

  plan(streams: number[]): void {
    this.soon(20, () => {
      const room = PLACES - this.held.size;
      const takes = room > 0 && !this.breakerIsOpen && !this.isPaused && this.mayStillSend() && !this.isStopping;
      const startedAt = this.world.now;
      const direct = takes ? { worker: this.number, lanes: room } : null;
      this.take(this.world.call({ do: 'plan', streams, direct }) as Held[], startedAt);
      this.soon(5, () => this.claim());
    });
  }

  private beat(): void {
    const { world } = this;
    const sent = world.now;
    if (world.call({ do: 'renew', worker: this.number }) === false) return this.crash();
    this.soon(5, () => {
      this.aliveUntil = sent + world.lease;
      world.reap({ do: 'reap-dead', worker: this.number });
      this.soon(1_000, () => this.beat());
    });
  }

  private look(): void {
    const { world } = this;
    this.breakerIsOpen = world.state.breaker.open;
    this.isPaused = world.state.paused;
    world.call({ do: 'sweep' });
    if (world.unplanned().length > 0 && world.random.chance(0.3)) this.plan(world.unplanned());
    this.soon(5, () => (this.breakerIsOpen ? this.probe() : this.claim()));
    if (this.isStopping && this.held.size === 0) {
      world.call({ do: 'retire', worker: this.number });
      return this.crash();
    }
    this.soon(world.random.whole(500, 1_000), () => this.look());
  }

  private strays(): void {
    this.world.call({ do: 'free-strays', worker: this.number, known: [...this.held.keys()].sort((a, b) => a - b) });
  }

  private claim(): void {
    const limit = PLACES - this.held.size;
    if (limit <= 0 || this.breakerIsOpen || this.isPaused || this.isStopping || !this.mayStillSend()) return;
    const startedAt = this.world.now;
    const { claimed } = this.world.call({ do: 'claim', worker: this.number, limit, probe: null }) as {
      claimed: Held[];
    };
    this.take(claimed, startedAt);
  }

  private probe(): void {
    // A process has one round of probes, never two at once.
    if (this.isProbing || this.isPaused || this.isStopping || !this.mayStillSend()) return;
    const probe = this.world.call({ do: 'take-probe', worker: this.number });
    if (typeof probe !== 'object' || !('probes' in probe)) return;
    this.isProbing = true;
    this.soon(5, () => {
      this.isProbing = false;
      if (this.world.losesReply()) return;
      const startedAt = this.world.now;
      const found = this.world.call({ do: 'claim', worker: this.number, limit: 1, probe }) as {
        looked: number;
        claimed: Held[];
      };
      this.take(found.claimed, startedAt);
      if (found.looked === 0) this.world.call({ do: 'close-breaker', worker: this.number });
    });
  }

  private take(claimed: readonly Held[], startedAt: number): void {
    if (claimed.length > 0 && this.world.losesReply())
      return this.world.say(`worker ${this.number} doesn't hear of its claim`);
    for (const held of claimed) this.begin(held, startedAt);
  }

  private begin(held: Held, startedAt: number): void {
    this.held.set(held.stream, held);
    this.soon(200, () => {
      if (!this.mayStillSend()) return this.commit(held, { kind: 'turn' }, null, 0);
      this.soon(2, () => (held.purpose === 'ask' ? this.ask(held, startedAt) : this.send(held, startedAt)));
    });
  }

  /** The lease was checked a moment ago. */
  private send(held: Held, startedAt: number): void {
    const { world } = this;
    const { timeoutMs, settleMs } = world.is.terms;
    const request: Request = {
      ...this.itemOf(held),
      held,
      worker: this.number,
      outUntil: startedAt + timeoutMs + settleMs,
      isZombie: !this.mayStillSend() || world.now >= startedAt + timeoutMs,
      isAnswered: false,
    };
    let isOver = false;
    const heard = (reply: Reply): void => {
      if (isOver) return;
      isOver = true;
      request.isAnswered = reply.kind !== 'doubt';
      const { rules, random, is } = world;
      const step = rules.nextStep(attemptOf(held), reply, is.policy, world.now, random.next());
      if (step.kind === 'log-in-and-resend') throw new Error('no partner here has sessions');
      const asUpdate = step.kind === 'send-as-update' && !held.asUpdate;
      if (asUpdate) this.commit(held, { kind: 'turn' }, signOf(reply), 1, true);
      else if (step.kind === 'send-as-update') this.commit(held, CONTRADICTION(held), signOf(reply), 1);
      else this.commit(held, step, signOf(reply), 1);
    };
    world.network.send(request, (reply) => this.soon(5, () => heard(reply)));
    this.soonExactly(startedAt + timeoutMs - world.now, () => heard({ kind: 'doubt', reason: 'no answer' }));
  }

  private ask(held: Held, startedAt: number): void {
    const { world } = this;
    const item = this.itemOf(held);
    let isOver = false;
    const heard = (said: LookUp): void => {
      if (isOver) return;
      isOver = true;
      const { rules, random, is } = world;
      if (said.kind !== 'busy') world.judge.asked(item);
      const step = rules.afterLookUp(attemptOf(held), said, is.policy, world.now, random.next());
      this.commit(held, step, said.kind === 'busy' ? 'overloaded' : 'alive', 1);
    };
    world.network.lookUp(item, (said) => this.soon(5, () => heard(said)));
    this.soonExactly(startedAt + world.is.terms.timeoutMs - world.now, () =>
      heard({ kind: 'busy', reason: 'no answer' }),
    );
  }

  private commit(held: Held, step: Settled, sign: Sign | null, tries: number, asUpdate = held.asUpdate): void {
    const { world } = this;
    const { breaker } = world.is;
    if (sign !== null && !held.probing) {
      this.failures = failuresAfter(this.failures, sign);
      if (this.failures >= breaker.opensAfter && !this.breakerIsOpen) {
        this.breakerIsOpen = true;
        this.failures = 0;
        this.soon(5, () =>
          world.call({ do: 'open-breaker', waitMs: Math.round(probeWait(1, breaker, world.random.next())) }),
        );
      }
    }
    this.soon(30, () => {
      const until = 'until' in step ? step.until : undefined;
      const isAcknowledged = step.kind === 'acknowledged';
      const waitMs = probeWait(held.probes + 2, breaker, world.random.next());
      const end: End = {
        held,
        kind: step.kind,
        waitMs: until === undefined ? 0 : Math.max(0, Math.round(until - held.now)),
        inDoubt: step.kind === 'doubt' || ('inDoubt' in step && step.inDoubt),
        expired: step.kind === 'parked' && step.until !== undefined,
        stands: this.breakerIsOpen && step.kind === 'wait',
        goOn: isAcknowledged && !this.breakerIsOpen && !this.isPaused && !this.isStopping && world.random.chance(0.7),
        probe: held.probing && sign !== null ? { alive: sign === 'alive', waitMs } : null,
        owner: step.kind === 'parked' ? (step.owner === 'data' ? 'data' : 'theirs') : null,
        asUpdate,
        tries,
      };
      const startedAt = world.now;
      let written = world.settle(this.number, [end]);
      if (world.losesReply()) {
        world.say(`worker ${this.number} doesn't hear of its outcome, and writes it again`);
        written = world.settle(this.number, [end]);
        if (end.goOn) this.soon(5, () => this.strays());
      }
      this.after(held, written[0], startedAt, end);
    });
  }

  private after(held: Held, written: Ended | undefined, startedAt: number, end: End): void {
    const { world } = this;
    if (this.held.get(held.stream) === held) this.held.delete(held.stream);
    if (written?.next) this.begin(written.next, startedAt);
    if (written && end.probe?.alive) this.breakerIsOpen = false;
    if (written?.wait === 'timer') world.setTimer(held.stream, written.wakeInMs ?? 0);
    this.soon(10, () => this.claim());
  }

  private itemOf({ stream, sequence, revision, asUpdate }: Held): Item {
    return { stream, sequence, revision, asUpdate, letter: this.world.letterOf(stream, sequence) };
  }

  private mayStillSend(): boolean {
    return this.world.now < this.aliveUntil;
  }

  private soon(atMost: number, act: () => void): void {
    this.soonExactly(this.world.random.whole(0, atMost), act);
  }

  private soonExactly(delay: number, act: () => void): void {
    this.world.after(delay, () => {
      if (this.isDead) return;
      if (this.world.now < this.frozenUntil) return this.soonExactly(this.frozenUntil - this.world.now, act);
      if (this.world.crashes(this)) return;
      act();
    });
  }

  private every(ms: number, act: () => void): void {
    this.soonExactly(ms, () => {
      act();
      this.every(ms, act);
    });
  }
}

export type Settled = Exclude<Step, { kind: 'log-in-and-resend' } | { kind: 'send-as-update' }> | { kind: 'turn' };

const CONTRADICTION = ({ inDoubt }: Held): Settled => ({
  kind: 'parked',
  owner: 'theirs',
  reason: 'already held, too',
  inDoubt,
});

const attemptOf = (held: Held): Attempt => ({
  number: held.attempts + 1,
  inDoubt: held.inDoubt,
  reaped: held.reaped,
  firstAt: held.firstAt ?? held.now,
  stoodStillMs: held.stoodAtFirst === null ? 0 : held.stood - held.stoodAtFirst,
});
