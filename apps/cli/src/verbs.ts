import type { Verb } from './verb.js';
import { agencyHistory, rollBackAgency } from './verbs/agency-history.js';
import { agencyApply, applyAgencies } from './verbs/apply-agencies.js';
import { closeParked, editParked, settleParked } from './verbs/change-parked.js';
import { createKey } from './verbs/create-key.js';
import { diffAgency } from './verbs/diff-agency.js';
import { doctor } from './verbs/doctor.js';
import { agencyTable, newAgency } from './verbs/draft-agency.js';
import { listConsumers } from './verbs/list-consumers.js';
import { listAgencies } from './verbs/list-agencies.js';
import { listParked } from './verbs/list-parked.js';
import { cancelOne, listOfOperations, showOperation } from './verbs/operations.js';
import { mergeCases } from './verbs/merge-cases.js';
import { agencyPause, agencyResume, pause, resume } from './verbs/pause-agency.js';
import { rehearseAgency } from './verbs/rehearse-agency.js';
import { replayPeriod } from './verbs/replay-period.js';
import { retryGroup } from './verbs/retry-group.js';
import { retryParked } from './verbs/retry-parked.js';
import { runReconciliation } from './verbs/run-reconciliation.js';
import { setUp } from './verbs/set-up.js';
import { showCase } from './verbs/show-case.js';
import { showParked } from './verbs/show-parked.js';
import { submitEvents } from './verbs/submit-events.js';
import { validateEvents } from './verbs/validate-events.js';
import { tryAgency } from './verbs/try-agency.js';

export const verbs: readonly Verb[] = [
  setUp,
  doctor,
  showCase,
  mergeCases,
  submitEvents,
  validateEvents,
  runReconciliation,
  newAgency,
  agencyTable,
  listAgencies,
  diffAgency,
  rehearseAgency,
  tryAgency,
  agencyApply,
  agencyHistory,
  rollBackAgency,
  agencyPause,
  agencyResume,
  applyAgencies,
  createKey,
  listConsumers,
  listParked,
  showParked,
  retryGroup,
  editParked,
  closeParked,
  settleParked,
  retryParked,
  replayPeriod,
  pause,
  resume,
  listOfOperations,
  showOperation,
  cancelOne,
];

/** Vietnamese first, English beneath. */
export const help = (shown: readonly Verb[] = verbs): string =>
  [
    'lienthong: công cụ dòng lệnh của trục Liên Thông · command line of the Liên Thông hub',
    '',
    ...shown.flatMap(({ words, usage, vi, en }) => [
      `  lienthong ${words}${usage === '' ? '' : ` ${usage}`}`,
      `      ${vi}`,
      `      ${en}`,
    ]),
    '',
    'Thiết lập lấy từ môi trường: DATABASE_URL, REDIS_URL, KAFKA_BROKERS, LIENTHONG_… (docs/cli.md).',
    'Settings come from the environment. Exit codes: 0 well, 1 not as it should be or not possible, 2 not understood.',
  ].join('\n');
