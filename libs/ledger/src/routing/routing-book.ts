import type { OnRoute, Receiver, RoutedCase, Routing } from '#domain';
import type { Runner } from '../database.js';
import { readRouting, routingOf, routingSerials } from './read-routing.js';

/** Units and routes as a process sees them; read again with the contracts. */
export class RoutingBook {
  private routing: Routing = routingOf({});
  private serials = '';

  constructor(private readonly db: Runner) {}

  async refresh(): Promise<void> {
    const serials = await routingSerials(this.db);
    if (serials === this.serials) return;
    this.routing = routingOf(await readRouting(this.db));
    this.serials = serials;
  }

  inForce(): Routing {
    return this.routing;
  }

  /** Undefined where no contract asks for cases by their route: nothing is looked up then. */
  onRoute(of: RoutedCase, day: string, receivers: readonly Receiver[]): OnRoute | undefined {
    return receivers.some(asksForRouted) ? this.routing.onRoute(of, day) : undefined;
  }

  /** Who may speak and ask of a case by its route: whoever is or was on it. */
  everOnRoute(of: RoutedCase, day: string, receivers: readonly Receiver[]): readonly string[] {
    return receivers.some(asksForRouted) ? this.routing.everOnRoute(of, day) : [];
  }

  /** The procedure has a route on a day: somebody takes part in it. */
  declares(procedure: string, day: string): boolean {
    return this.routing.version(procedure, day) !== undefined;
  }
}

const asksForRouted = ({ receives }: Receiver): boolean => receives.some(({ cases }) => cases === 'routed');
