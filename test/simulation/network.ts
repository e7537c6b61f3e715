import type { LookUp, Reply } from '#domain';
import type { Request } from './judge.js';
import { deliveriesOf } from './memory-state.js';
import type { Item, Partner } from './partner.js';
import type { World } from './world.js';

/** A packet or an answer that nothing delays. */
const USUAL_MS = 50;

/** What lies between the processes and the partner: packets are late, lost, repeated, and so are answers. */
export class Network {
  private readonly world: World;
  private readonly partner: Partner;

  constructor(world: World, partner: Partner) {
    this.world = world;
    this.partner = partner;
  }

  send(request: Request, heard: (reply: Reply) => void): void {
    const { world } = this;
    const { network } = world.is;
    world.judge.sends(world.state, request);
    const what = `${request.isZombie ? 'a zombie’s ' : ''}${request.letter}${request.stream}/${request.sequence}.${request.revision}`;
    world.say(`worker ${request.worker} sends ${what}`);
    if (world.goesWrong(network.drops)) return;
    const latest = request.isZombie ? 30_000 : Math.max(1, request.outUntil - world.now - 1);
    const delay = world.goesWrong(network.delays)
      ? world.random.whole(0, latest)
      : world.random.whole(1, Math.min(USUAL_MS, latest));
    world.after(delay, () => this.arrives(request, what, heard));
  }

  private arrives(request: Request, what: string, heard: (reply: Reply) => void): void {
    const { world, partner } = this;
    const { network } = world.is;
    if (world.goesWrong(network.busy)) return heard({ kind: 'busy', reason: 'HTTP 503' });
    if (world.goesWrong(network.silent)) return;
    const { stream, sequence, revision } = request;
    const count = partner.book(stream).applied.length;
    const wasHeld = partner.holds(stream, sequence, revision);
    const before = [...partner.book(stream).applied];
    const reply = partner.take(request);
    if (partner.book(stream).applied.length > count) world.judge.applied(request, wasHeld, before);
    if (wasHeld && world.is.partner.hasKeys) world.judge.note('repeat recognised');
    world.say(`  partner: ${what} ${reply.kind}`);
    // A repeat on the way of what the partner said no to would be a partner that says two things: not in this world.
    if (reply.kind === 'accepted' && world.goesWrong(network.repeats))
      world.after(world.random.whole(1, Math.max(1, request.outUntil - world.now - 1)), () =>
        this.arrives(request, what, () => {}),
      );
    if (!world.goesWrong(network.losesAnswers)) world.after(world.random.whole(1, USUAL_MS), () => heard(reply));
  }

  lookUp(item: Item, heard: (said: LookUp) => void): void {
    const { world, partner } = this;
    if (world.goesWrong(world.is.network.drops)) return;
    world.after(world.random.whole(1, USUAL_MS), () => {
      if (world.goesWrong(world.is.network.busy)) return heard({ kind: 'busy', reason: 'HTTP 503' });
      const acknowledged = deliveriesOf(world.state, item.stream).findLast(
        (d) => d.sequence < item.sequence && d.form === 'full' && d.state === 'acknowledged',
      );
      const said = partner.lookUp(item, acknowledged?.sequence ?? 0);
      world.say(`  partner says of ${item.stream}/${item.sequence}.${item.revision}: ${said.kind}`);
      world.after(world.random.whole(1, USUAL_MS), () => heard(said));
    });
  }
}
