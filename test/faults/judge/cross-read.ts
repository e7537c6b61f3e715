import type { Arrival, Book, Evidence, LedgerDelivery, PartnerName, SentEvent } from '../evidence.js';

/** The three sides of the evidence, found by each other's keys. Pure; made once a run. */
export interface CrossRead {
  evidence: Evidence;
  /** Events that intake answered for, by the id that it gave. */
  entered: Map<string, SentEvent>;
  delivery(partner: string, eventId: string): LedgerDelivery | undefined;
  /** What had an effect at a partner, by event, in the order in which it came. */
  effects: Map<PartnerName, Map<string, Arrival[]>>;
  /** All that came to a partner, by case, in the order in which it came. */
  byCase: Map<PartnerName, Map<string, Arrival[]>>;
}

export function crossRead(evidence: Evidence): CrossRead {
  const entered = new Map(
    evidence.sent.flatMap((event) =>
      event.eventId !== null && (event.status === 202 || event.status === 200) ? [[event.eventId, event]] : [],
    ),
  );
  const deliveries = new Map(evidence.ledger.deliveries.map((d) => [`${d.agency} ${d.eventId}`, d]));
  const inOrder = (book: Book): Arrival[] => [...book.arrivals].sort((a, b) => a.at - b.at || a.request - b.request);
  return {
    evidence,
    entered,
    delivery: (partner, eventId) => deliveries.get(`${partner} ${eventId}`),
    effects: new Map(
      evidence.books.map((book) => [
        book.name,
        Map.groupBy(
          inOrder(book).filter(({ effect }) => effect === 'applied'),
          ({ eventId }) => eventId,
        ),
      ]),
    ),
    byCase: new Map(
      evidence.books.map((book) => [
        book.name,
        Map.groupBy(inOrder(book), ({ eventId, code }) => entered.get(eventId)?.code ?? code),
      ]),
    ),
  };
}

/** An event's place in its case: as intake told the client; where it told nothing, as the item says. */
export const placeOf = (read: CrossRead, { eventId, nth }: Arrival): number =>
  read.entered.get(eventId)?.sequence ?? nth;
