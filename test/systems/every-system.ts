import { firstInterface, secondInterface } from './every/judicial-records.js';
import { provinceOneStop } from './every/one-stop.js';
import { declaredInXml, declaredPartner } from './every/declared-partner.js';
import { nationalPortal } from './every/portal.js';
import { portalSpeaking } from './every/portal-speaking.js';
import { consumers } from './every/consumers.js';
import { ministryCentral } from './every/ministry-central.js';
import { vneid } from './every/vneid.js';
import { communeOneStop, districtOneStop } from './every/levels.js';
import { Field } from './field.js';
import { Levels } from './levels.js';
import type { System } from './system.js';
import type { World } from './world.js';

/** Systems that stand at one hub, and how that hub is brought up. */
interface Group {
  name: string;
  start(patienceMs: number): Promise<World>;
  systems: readonly System<never>[];
}

export const groups: readonly Group[] = [
  {
    name: 'field',
    start: (patienceMs) => Field.start(patienceMs),
    systems: [
      provinceOneStop,
      portalSpeaking,
      firstInterface,
      secondInterface,
      nationalPortal,
      declaredPartner,
      declaredInXml,
      vneid,
      ministryCentral,
      ...consumers,
    ],
  },
  {
    name: 'levels',
    start: (patienceMs) => Levels.start(patienceMs),
    systems: [communeOneStop, districtOneStop],
  },
];

export const everySystem: readonly System<never>[] = groups.flatMap(({ systems }) => systems);
