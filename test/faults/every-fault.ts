import type { Fault } from './fault.js';
import { drainByDeadline } from './faults/drain-by-deadline.js';
import { deliveryFrozen } from './faults/delivery-frozen.js';
import { allKilled, bothDeliveriesKilled, oneDeliveryKilled } from './faults/delivery-killed.js';
import { kafkaCut, postgresCut, redisCut } from './faults/cut-wires.js';
import { intakeKilled } from './faults/intake-killed.js';
import { brokerRestarted, leaderKilled, topicDeleted } from './faults/kafka-faults.js';
import * as partner from './faults/partner-faults.js';
import { postgresRestarted, standbyPromoted } from './faults/postgres-faults.js';
import { redisAbsent, redisFlushed, redisKilled } from './faults/redis-faults.js';
import { relayKilled } from './faults/relay-killed.js';
import { thirdInstance } from './faults/third-instance.js';

/** In the order in which they are run: worlds of a kind together. */
export const everyFault: readonly Fault[] = [
  intakeKilled,
  relayKilled,
  oneDeliveryKilled,
  bothDeliveriesKilled,
  allKilled,
  deliveryFrozen,
  thirdInstance,
  postgresRestarted,
  redisFlushed,
  redisKilled,
  redisAbsent,
  brokerRestarted,
  topicDeleted,
  partner.partnerRefuses,
  partner.partnerDown,
  partner.partnerHangs,
  partner.partnerResets,
  partner.answerLost,
  partner.batchShuffled,
  partner.comesBackSlow,
  drainByDeadline,
  postgresCut,
  redisCut,
  kafkaCut,
  standbyPromoted,
  leaderKilled,
];
