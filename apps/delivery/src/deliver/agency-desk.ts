import type { ClaimedLane } from '#ledger';
import { AgencyBreaker } from './agency-breaker.js';
import { AgencyThrottle } from './agency-throttle.js';
import type { Partner } from './attempt-delivery.js';
import type { DeskBasis } from './desk-basis.js';
import { DeskClaims } from './desk-claims.js';
import { DeskLanes } from './desk-lanes.js';
import type { DeskOffice, DirectPlaces } from './desk-office.js';
import { DeskOutcomes } from './desk-outcomes.js';
import { DeskPlaces } from './desk-places.js';
import { DeskQuestions } from './desk-questions.js';
import { DeskReach } from './desk-reach.js';
import { DeskRequests } from './desk-requests.js';
import { DeskStrays } from './desk-strays.js';

/**
 * One agency's deliveries in this process: lanes are claimed (`DeskClaims`), wait here for a place (`DeskLanes`, `DeskPlaces`),
 * leave alone or together (`DeskRequests`), and end by a committed outcome (`DeskOutcomes`), which goes on with the lane's next.
 * A desk knows nothing of other agencies, so a partner that hangs takes no place but its own.
 */
export class AgencyDesk {
  readonly throttle: AgencyThrottle;
  readonly breaker: AgencyBreaker;
  readonly claims: DeskClaims;
  private readonly reach: DeskReach;
  private readonly lanes = new DeskLanes();
  private readonly strays: DeskStrays;
  private readonly requests: DeskRequests;
  private readonly questions: DeskQuestions;

  constructor(
    readonly agency: string,
    office: DeskOffice,
  ) {
    this.throttle = new AgencyThrottle(() => office.worker.place());
    this.breaker = new AgencyBreaker(agency, office.db, office.log, (isOpen) => this.breakerChanged(isOpen));
    this.reach = new DeskReach(agency, office, (reason) => this.breaker.standStill(reason));
    this.strays = new DeskStrays(agency, office, this.lanes);
    const { throttle, breaker, reach, lanes, strays } = this;
    const places = new DeskPlaces(throttle);
    const basis: DeskBasis = { agency, office, reach, lanes, strays, places, throttle, breaker };
    const outcomes = new DeskOutcomes(basis, () => void this.freeStrays());
    this.requests = new DeskRequests(basis, outcomes, () => this.kick());
    this.claims = new DeskClaims(basis, this.requests);
    this.questions = new DeskQuestions(basis, () => this.pump());
  }

  /** There may be work: claims as much as fits. Coalesced; never throws. */
  kick(): void {
    this.claims.kick();
  }

  /** Places for so many lanes at most that the plan takes straight away; given back by `begin`. None while others wait their turn. */
  promise(most = Infinity): DirectPlaces | undefined {
    return this.claims.promise(most);
  }

  /** Lanes that this worker holds since `startedAt` (monotonic, ms; before their claim was committed). */
  begin(lanes: readonly ClaimedLane[], startedAt: number, promised = 0): Promise<void> {
    return this.claims.begin(lanes, startedAt, promised);
  }

  /** Asks, if the breaker is open and it is time, with one lane. */
  probe(): Promise<void> {
    return this.claims.probe();
  }

  /** Lets go what has a place, and what the bucket allows. */
  pump(): void {
    this.requests.pump();
  }

  /** A question that belongs to no claim, within the same limits. Undefined: nothing may be asked now. */
  question<T>(ask: (partner: Partner) => Promise<T>): Promise<T | undefined> {
    return this.questions.ask(ask);
  }

  /** Lanes held by a claim whose answer was lost on the way. A claim under way isn't one of them yet. */
  async freeStrays(): Promise<void> {
    while (this.claims.claiming) await this.claims.claiming;
    if (this.reach.isClosed() || this.strays.freeing) return;
    await this.strays.free();
    if (this.lanes.mayBeMore) this.kick();
  }

  /** No new claims; what hasn't left is given back at once; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.reach.close();
    this.requests.stopLooking();
    this.requests.giveBack();
    await this.claims.claiming;
    this.requests.giveBack();
    await this.requests.idle();
  }

  busy(): number {
    return this.lanes.size;
  }

  private breakerChanged(isOpen: boolean): void {
    if (isOpen) return this.requests.giveBack();
    this.throttle.restart();
    this.kick();
  }
}
