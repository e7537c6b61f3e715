import type { AgencyBreaker } from './agency-breaker.js';
import type { AgencyThrottle } from './agency-throttle.js';
import type { DeskLanes } from './desk-lanes.js';
import type { DeskOffice } from './desk-office.js';
import type { DeskPlaces } from './desk-places.js';
import type { DeskReach } from './desk-reach.js';
import type { DeskStrays } from './desk-strays.js';

/** What one desk knows: its claims, requests, outcomes and questions stand on this and share nothing else. */
export interface DeskBasis {
  agency: string;
  office: DeskOffice;
  reach: DeskReach;
  lanes: DeskLanes;
  strays: DeskStrays;
  places: DeskPlaces;
  throttle: AgencyThrottle;
  breaker: AgencyBreaker;
}
