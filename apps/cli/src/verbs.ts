import type { Verb } from './verb.js';
import { agencyHistory, rollBackAgency } from './verbs/agency-history.js';
import { agencyApply, applyAgencies } from './verbs/apply-agencies.js';
import { routeApply, routeHistory, routeRollback } from './verbs/apply-routing.js';
import { calendarApply, calendarList, calendarSeed } from './verbs/calendar.js';
import { calendarDue } from './verbs/calendar-due.js';
import { acceptCatalogue, diffCatalogue, dropCatalogue, listOfCatalogues } from './verbs/catalogue.js';
import { closeParked, editParked, settleParked } from './verbs/change-parked.js';
import { createKey, revokeKeys } from './verbs/create-key.js';
import { closeDay, listOfDays, showOneDay } from './verbs/days.js';
import { diffAgency } from './verbs/diff-agency.js';
import { listOfDiscrepancies, settleDiscrepancy, showDiscrepancy } from './verbs/discrepancies.js';
import { doctor } from './verbs/doctor.js';
import { agencyTable, newAgency } from './verbs/draft-agency.js';
import { figuresApply, figuresLs, figuresPublish, figuresShow } from './verbs/figures.js';
import { listConsumers } from './verbs/list-consumers.js';
import { listAudit } from './verbs/list-audit.js';
import { listAgencies } from './verbs/list-agencies.js';
import { listParked } from './verbs/list-parked.js';
import { listUnits } from './verbs/list-units.js';
import { cancelOne, listOfOperations, showOperation } from './verbs/operations.js';
import { mergeCases } from './verbs/merge-cases.js';
import { agencyPause, agencyResume, pause, resume } from './verbs/pause-agency.js';
import { rehearseAgency } from './verbs/rehearse-agency.js';
import { replayPeriod } from './verbs/replay-period.js';
import { agencyRetire } from './verbs/retire-agency.js';
import {
  appealFile,
  casesOfReport,
  faultsOfData,
  listOfReports,
  reportApply,
  runReport,
  syncOfReport,
} from './verbs/reports.js';
import { retryGroup } from './verbs/retry-group.js';
import { retryParked } from './verbs/retry-parked.js';
import { proveCase } from './verbs/prove-stream.js';
import { readLines } from './verbs/read-lines.js';
import { runReconciliation } from './verbs/run-reconciliation.js';
import { setUp } from './verbs/set-up.js';
import { showCase } from './verbs/show-case.js';
import { showOneProcedure } from './verbs/show-procedure.js';
import { showParked } from './verbs/show-parked.js';
import { showRoute } from './verbs/show-route.js';
import { addOfAgency, createStatementKey, endKey, listOfKeys } from './verbs/statement-keys.js';
import { listOfStatements, makeOne, showStatement, signOne } from './verbs/statements.js';
import { submitEvents } from './verbs/submit-events.js';
import { unmappedOfAgency } from './verbs/unmapped-codes.js';
import { closeCollected, listCollected } from './verbs/untaken-reports.js';
import { validateEvents } from './verbs/validate-events.js';
import { tryAgency } from './verbs/try-agency.js';
import { verifyStatement } from './verbs/verify-statement.js';

export const verbs: readonly Verb[] = [
  setUp,
  doctor,
  showCase,
  mergeCases,
  submitEvents,
  validateEvents,
  runReconciliation,
  figuresApply,
  figuresLs,
  figuresPublish,
  figuresShow,
  closeDay,
  listOfDays,
  showOneDay,
  listOfReports,
  runReport,
  casesOfReport,
  appealFile,
  faultsOfData,
  syncOfReport,
  reportApply,
  makeOne,
  listOfStatements,
  showStatement,
  signOne,
  verifyStatement,
  proveCase,
  createStatementKey,
  addOfAgency,
  endKey,
  listOfKeys,
  readLines,
  listOfDiscrepancies,
  showDiscrepancy,
  settleDiscrepancy,
  newAgency,
  agencyTable,
  listAgencies,
  listAudit,
  diffAgency,
  rehearseAgency,
  tryAgency,
  agencyApply,
  agencyHistory,
  rollBackAgency,
  unmappedOfAgency,
  agencyPause,
  agencyResume,
  agencyRetire,
  applyAgencies,
  listUnits,
  routeApply,
  showRoute,
  routeHistory,
  routeRollback,
  calendarSeed,
  calendarApply,
  calendarList,
  calendarDue,
  createKey,
  revokeKeys,
  listConsumers,
  listCollected,
  closeCollected,
  listOfCatalogues,
  diffCatalogue,
  showOneProcedure,
  acceptCatalogue,
  dropCatalogue,
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
