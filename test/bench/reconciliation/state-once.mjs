import { Database, makeStatement, proveStream, statementDocument } from '../../../dist/libs/ledger/src/index.js';
import { quiet } from '../fresh.mjs';
import { PORTAL } from './province.mjs';

// One statement, or one proof, in a process of its own, so that its memory is its own: usage: state-once.mjs '{"database": …, "day": …, "prove": …}'.
const { database, day, prove } = JSON.parse(process.argv[2]);
const db = new Database(database, 'bench-statement', quiet, 2);
const hub = { id: 'lienthong', name: { vi: 'Trục', en: 'Hub' }, code: 'H99' };

const began = performance.now();
const done = prove
  ? await proveStream(db, PORTAL, day, prove)
  : await makeStatement(db, { agency: PORTAL, day, hub, withoutComparison: true });
const seconds = (performance.now() - began) / 1_000;
const state = prove ? (done ? 'done' : 'unknown case') : done.outcome === 'made' ? 'done' : done.outcome;
const bytes = prove ? undefined : Buffer.byteLength((await statementDocument(db, PORTAL, day))?.document ?? '');
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
process.send({ state, seconds, streams: prove ? done?.streams : done.statement?.chainHeads.streams, bytes, cpuSeconds, peakMiB: maxRSS / 1_024 }, () => process.exit(0)); // prettier-ignore
