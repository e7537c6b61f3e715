import type { PartnerName } from '../evidence.js';
import type { Behaviour } from './behaviour.js';
import { Partner } from './partner.js';
import { terms } from './terms.js';

/** The process in which the four partners live; whoever started it speaks with it over its channel. */
export type Order =
  { n: number; partner: PartnerName; behave: Behaviour } | { n: number; partner: PartnerName; book: true };

const partners = new Map(await Promise.all(terms.map(async (of) => [of.name, await Partner.listen(of)] as const)));
process.on('message', (order: Order) => {
  const partner = partners.get(order.partner)!;
  if ('behave' in order) partner.behave(order.behave);
  process.send!({ n: order.n, ...('book' in order ? { book: partner.book() } : {}) });
});
process.on('disconnect', () => process.exit(0));
process.send!({ ports: Object.fromEntries([...partners].map(([name, partner]) => [name, partner.port])) });
