/**
 * How long a rehearsal of 100,000 past events takes, each mapped by two contracts of the national portal, the case in full.
 * Reference: the same events read by the same cursor, nothing mapped.
 */
import { readFileSync } from 'node:fs';
import { connectorFor } from '../../dist/libs/connectors/src/index.js';
import { applyAgency, Database, enter, pastEvents, rehearseContract } from '../../dist/libs/ledger/src/index.js';
import { eventTypes, parseAgencyFile } from '../../dist/libs/wire/src/index.js';
import { figure, fresh, quiet } from './fresh.mjs';

const CASES = 25_000;
const EVENTS = CASES * 4;
const AT_ONCE = 500;
const GOAL_S = 30;
const portal = new URL('../../deploy/provinces/demo/agencies/cong-dvc.yaml', import.meta.url);
const application = JSON.parse(readFileSync(new URL('case.json', import.meta.url), 'utf8'));
const code = (c) => `000.00.30.H49-210531-${String(c).padStart(5, '0')}`;

/** Received, supplemented, and two statuses: half of the events need the case that stands before them. */
const itemOf = (c, seq) => ({
  sender: 'mot-cua',
  key: `${c}-${seq}`,
  type: `vn.lienthong.case.${['received', 'supplemented', 'status-changed', 'status-changed'][seq - 1]}.v1`,
  caseCode: code(c),
  data:
    seq < 3
      ? { ...application, code: code(c) }
      : { status: seq + 1, at: '2021-06-02T08:00:00+07:00', officer: { name: 'Nguyễn Văn Mẫu' } },
  ...(seq === 1 ? { opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null }, status: 2 } : {}),
  ...(seq > 2 ? { status: seq + 1 } : {}),
});

export default async function rehearseBench() {
  const place = await fresh();
  const db = new Database(place.url, 'bench', quiet, 2);
  const file = parseAgencyFile(readFileSync(portal, 'utf8'), {});
  await applyAgency(db, file);
  for (let seq = 1; seq <= 4; seq++)
    for (let from = 0; from < CASES; from += AT_ONCE)
      await enter(
        db,
        Array.from({ length: AT_ONCE }, (_, k) => itemOf(from + k, seq)),
        () => true,
      );
  await db.pool.query('analyze');

  const bare = await seconds(async () => {
    const ask = { agency: file.id, since: new Date(0), types: eventTypes, procedures: null, withCase: true };
    for await (const { events } of pastEvents(db, ask)) void events;
  });
  const same = await seconds(() => rehearse(db, file, 'same'));
  const [version] = file.versions;
  const changed = {
    ...file,
    versions: [{ ...version, settings: { ...version.settings, filedAt: '9' } }],
  };
  const both = await seconds(() => rehearse(db, changed, 'changed'));
  await db.close();
  await place.end();
  const references = { 'the same events read, nothing mapped': bare };
  return [
    figure(`rehearsal of ${EVENTS} events, mapping changed`, both, 's', references, `≤ ${GOAL_S}`, both <= GOAL_S),
    figure(`rehearsal of ${EVENTS} events, nothing changed`, same, 's', references, `≤ ${GOAL_S}`, same <= GOAL_S),
  ];
}

/** Throws where it didn't find what there is to find: a fast answer that is wrong is no figure. */
async function rehearse(db, file, expected) {
  const publish = () => Promise.reject(new Error('a rehearsal publishes nothing'));
  const { findings } = await rehearseContract(db, {
    file,
    days: 30,
    connect: (contract) => connectorFor(contract.protocol, { agency: file.id, contract, publish }),
  });
  const { same, changed } = findings;
  if (same.events + changed.events !== EVENTS || findings[expected].events < EVENTS / 2)
    throw new Error(`not all ${expected}: ${JSON.stringify(findings)}`);
}

async function seconds(work) {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}
