import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Book, PartnerName } from '../evidence.js';
import type { Behaviour } from './behaviour.js';
import { partnerNames } from './terms.js';

type Said = { ports: Record<PartnerName, number> } | { n: number; book?: Book };

/** The partners' process, seen from a run: how they behave, and what their books say. */
export class Partners {
  private readonly waiting = new Map<number, (said: { book?: Book }) => void>();
  private n = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly ports: Record<PartnerName, number>,
  ) {
    child.on('message', (said: Said) => {
      if (!('n' in said)) return;
      this.waiting.get(said.n)?.(said);
      this.waiting.delete(said.n);
    });
  }

  static start(): Promise<Partners> {
    const child = fork(fileURLToPath(new URL('partners.main.ts', import.meta.url)), [], { serialization: 'advanced' });
    return new Promise((resolve, reject) => {
      child.once('message', (said: Said) => 'ports' in said && resolve(new Partners(child, said.ports)));
      child.once('exit', (code) => reject(new Error(`the partners ended (${code})`)));
    });
  }

  async behave(partner: PartnerName, behaviour: Behaviour): Promise<void> {
    await this.ask({ partner, behave: behaviour });
  }

  async books(): Promise<Book[]> {
    return Promise.all(partnerNames.map(async (partner) => (await this.ask({ partner, book: true })).book!));
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await gone;
  }

  private ask(order: object): Promise<{ book?: Book }> {
    const n = ++this.n;
    return new Promise((resolve) => {
      this.waiting.set(n, resolve);
      this.child.send({ n, ...order });
    });
  }
}
