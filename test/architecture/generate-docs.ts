import {
  afterLookUp,
  canFollow,
  caseCodeFormats,
  caseStatuses,
  caseTransitions,
  chooseNext,
  isFinal,
  laneMoves,
  nextStep,
  type CaseTransition,
  type Choice,
  type DeliveryPolicy,
  type Form,
  type Lane,
  type LaneDelivery,
  type LookUp,
  type Reply,
} from '#domain';
import { eventVersions, flow, type Hop } from '#wire';

import { failuresTable, scenariosTable } from './generate-failures.js';
import { seedFigures, shippedFigures } from './generate-figures.js';
import { systemRowsTable, systemsTable } from './generate-systems.js';
import { table } from './table.js';

/** The generated parts of docs/, by the name in their markers: `<!-- generated: NAME -->` … `<!-- end: NAME -->`. */
export const generated: Record<string, Record<string, () => string>> = {
  'docs/case-model.md': {
    'case-code-formats': formatsTable,
    'case-statuses': statusesTable,
    'case-transitions': transitionsDiagram,
    'case-skips': skipsTable,
  },
  'docs/consume/README.md': { 'event-versions': versionsTable },
  'docs/figures.md': { 'shipped-figures': shippedFigures, 'seed-figures': seedFigures },
  'docs/flow.md': { 'flow-diagram': flowDiagram, 'flow-hops': hopsTable },
  'docs/lane.md': {
    'lane-replies': repliesTable,
    'lane-look-ups': lookUpsTable,
    'lane-states': lanesDiagram,
    'lane-choices': choicesTable,
  },
  'docs/systems.md': { systems: systemsTable, 'system-rows': systemRowsTable },
  'docs/sandbox.md': { failures: failuresTable, scenarios: scenariosTable },
};

/** The document with each generated part written anew. Throws where a marker is missing: a part may not get lost. */
export function rewritten(text: string, parts: Record<string, () => string>): string {
  return Object.entries(parts).reduce((document, [name, make]) => {
    const [start, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end: ${name} -->`];
    const [from, to] = [document.indexOf(start), document.indexOf(end)];
    if (from < 0 || to < 0) throw new Error(`no markers for ${name}`);
    return `${document.slice(0, from + start.length)}\n${make()}\n${document.slice(to)}`;
  }, text);
}

function versionsTable(): string {
  const rows = eventVersions.map(({ type, since, deprecated, until }) => [
    `\`${type}\``,
    since,
    deprecated ?? '',
    until ?? '',
  ]);
  return table(['type', 'since', 'deprecated', 'until'], rows);
}

function formatsTable(): string {
  const rows = caseCodeFormats.map((f) => [f.format, `\`${f.example}\``, f.date, f.from, f.to ?? '', f.source]);
  return table(['format', 'example', 'date', 'from', 'to', 'source'], rows);
}

function statusesTable(): string {
  const rows = caseStatuses.map(({ code, vi, en }) => [String(code), vi, en, isFinal(code) ? 'yes' : '']);
  return table(['status', 'Vietnamese', 'English', 'final'], rows);
}

function transitionsDiagram(): string {
  const moves: readonly CaseTransition[] = caseTransitions;
  return mermaid([
    'stateDiagram-v2',
    ...caseStatuses.map(({ code, vi }) => `s${code}: ${code} ${vi}`),
    ...moves.map(({ from, to, by }) => `${from === null ? '[*]' : `s${from}`} --> s${to}: ${by.join(', ')}`),
    ...caseStatuses.filter(({ code }) => isFinal(code)).map(({ code }) => `s${code} --> [*]`),
  ]);
}

function skipsTable(): string {
  const rows = caseStatuses.flatMap(({ code: from }) =>
    caseStatuses.flatMap(({ code: to }) => {
      const move = canFollow(from, to);
      return move.kind === 'skips' ? [[String(from), String(to), move.over.join(', ')]] : [];
    }),
  );
  return table(['from', 'to', 'skipped'], rows);
}

const hops: [string, Hop][] = Object.entries(flow);

function flowDiagram(): string {
  const shape = ({ kind, name }: Hop): string => (kind === 'topic' ? `[/"${name}"/]` : `[("${name}")]`);
  const apps = new Set(hops.flatMap(([, hop]) => [...hop.producers, ...hop.consumers]));
  return mermaid([
    'flowchart LR',
    ...[...apps].sort().map((app) => `${app}(${app})`),
    ...hops.map(([id, hop]) => `${id}${shape(hop)}`),
    ...hops.flatMap(([id, hop]) => [
      ...hop.producers.map((app) => `${app} --> ${id}`),
      ...hop.consumers.map((app) => `${id} --> ${app}`),
    ]),
  ]);
}

function hopsTable(): string {
  const rows = hops.map(([, hop]) => [
    `\`${hop.name}\``,
    hop.kind,
    hop.payload,
    hop.producers.join(', '),
    hop.consumers.join(', '),
    hop.key.replace('<', '&lt;'),
    hop.says,
  ]);
  return table(['name', 'kind', 'payload', 'from', 'to', 'key', 'says'], rows);
}

const minutes = 60_000;
const policy: DeliveryPolicy = {
  retry: { firstMs: minutes, factor: 2, atMostMs: 60 * minutes, giveUpAfterMs: 72 * 60 * minutes },
  onDuplicate: 'update',
};
const refusing: DeliveryPolicy = { ...policy, onDuplicate: 'refuse' };
const late = policy.retry.giveUpAfterMs;

function repliesTable(): string {
  const cases: [string, Reply, DeliveryPolicy, number][] = [
    ['accepted', { kind: 'accepted' }, policy, 0],
    ['already held, `onDuplicate: update`', { kind: 'already-held' }, policy, 0],
    ['already held, `onDuplicate: refuse`', { kind: 'already-held' }, refusing, 0],
    ['refused', { kind: 'refused', reason: '' }, policy, 0],
    ['busy', { kind: 'busy', reason: '' }, policy, 0],
    ['busy, with Retry-After', { kind: 'busy', reason: '', retryAfter: 3_600 }, policy, 0],
    ['busy, and its window has ended', { kind: 'busy', reason: '' }, policy, late],
    ['session expired', { kind: 'session-expired' }, policy, 0],
    ['doubt (no answer, or one that no row knows)', { kind: 'doubt', reason: '' }, policy, 0],
  ];
  const rows = cases.map(([name, reply, policy, now]) => [
    name,
    ...[false, true].map((inDoubt) =>
      said(nextStep({ number: 1, inDoubt, firstAt: 0, stoodStillMs: 0 }, reply, policy, now, 0), now),
    ),
  ]);
  return table(['reply', 'no earlier attempt in doubt', 'after a doubtful attempt of the same key'], rows);
}

function lookUpsTable(): string {
  const cases: [string, LookUp, number][] = [
    ['held', { kind: 'held' }, 0],
    ['not held', { kind: 'not-held' }, 0],
    ['unknown (a state that other events may have caused)', { kind: 'unknown' }, 0],
    ['busy', { kind: 'busy', reason: '' }, 0],
    ['busy, and its window has ended', { kind: 'busy', reason: '' }, late],
  ];
  const attempt = { number: 1, inDoubt: true, firstAt: 0, stoodStillMs: 0 };
  const rows = cases.map(([name, looked, now]) => [name, said(afterLookUp(attempt, looked, policy, now, 0), now)]);
  return table(['the partner says', 'the lane'], rows);
}

function lanesDiagram(): string {
  return mermaid([
    'stateDiagram-v2',
    ...laneMoves.map(({ from, to, by, when }) => `${from ?? '[*]'} --> ${to}: ${by} (${when.replaceAll(';', ',')})`),
    'idle --> [*]',
  ]);
}

/** Deliveries as `sequence form state taint`, in the order of a lane; what the next claim does about them. */
function choicesTable(): string {
  const d = (sequence: number, form: Form, more: Partial<LaneDelivery> = {}): LaneDelivery => ({
    sequence,
    form,
    state: 'open',
    taint: 'none',
    ...more,
  });
  const [parked, reaped] = [{ state: 'parked' } as const, { taint: 'reaped' } as const];
  const revocation = (told: boolean) => ({ sequence: 4, results: [1], told });
  const cases: [string, Partial<Lane>][] = [
    ['nothing is open', {}],
    ['2 is in doubt, a copy may be out', { doubt: { sequence: 2, asked: false }, copyMayBeOut: true }],
    ['2 is in doubt', { doubt: { sequence: 2, asked: false } }],
    ['2 is in doubt, asked, and nothing was proved', { doubt: { sequence: 2, asked: true } }],
    ['a delta, a full state', { deliveries: [d(1, 'delta'), d(2, 'full')] }],
    ['a full state, a newer one', { deliveries: [d(1, 'full'), d(2, 'full')] }],
    ['a full state, a barrier, a newer one', { deliveries: [d(1, 'full'), d(2, 'barrier'), d(3, 'full')] }],
    ['a full state whose worker died over it, a newer one', { deliveries: [d(1, 'full', reaped), d(2, 'full')] }],
    ['a parked delta, a full state', { deliveries: [d(1, 'delta', parked), d(2, 'full')] }],
    ['a parked full state, a newer one', { deliveries: [d(1, 'full', parked), d(2, 'full')] }],
    [
      'a result never sent, its revocation',
      { deliveries: [d(1, 'result'), d(4, 'revocation')], revocation: revocation(false) },
    ],
    [
      'a delta, the revocation of a result that was told',
      { deliveries: [d(2, 'delta'), d(4, 'revocation')], revocation: revocation(true) },
    ],
    [
      'a parked delta, the revocation of a result that was told',
      { deliveries: [d(2, 'delta', parked), d(4, 'revocation')], revocation: revocation(true) },
    ],
  ];
  const empty: Lane = { done: 0, doubt: null, copyMayBeOut: false, deliveries: [], revocation: null };
  const rows = cases.map(([name, lane]) => [name, chosen(chooseNext({ ...empty, ...lane }, true))]);
  return table(['open in the lane, the oldest first', 'its next claim'], rows);
}

function chosen(choice: Choice): string {
  switch (choice.kind) {
    case 'ask':
      return `asks about ${choice.sequence}`;
    case 'send':
      return `sends ${choice.sequence}`;
    case 'wait-until-none-is-out':
      return 'waits until no copy can be out';
    case 'end-unsent':
      return `ends ${choice.sequences.join(' and ')} unsent`;
    case 'person':
      return 'waits for a person';
    case 'finish':
      return 'ends the lane';
  }
}

/** A step in the words of the documentation. */
function said(step: ReturnType<typeof nextStep> | ReturnType<typeof afterLookUp>, now: number): string {
  switch (step.kind) {
    case 'acknowledged':
      return 'acknowledged';
    case 'parked':
      return `parked (${step.owner})${step.inDoubt ? ', still in doubt' : ''}`;
    case 'wait':
      return `waits${step.until - now === 60 * minutes ? ' as long as asked' : ', then again'}${step.inDoubt ? ', still in doubt' : ''}`;
    case 'doubt':
      return 'in doubt: asks first, once no copy can be out';
    case 'log-in-and-resend':
      return 'logs in and sends the same again';
    case 'send-as-update':
      return 'sends the same as an update';
    case 'not-held':
      return 'no longer in doubt: free to choose anew';
    case 'nothing-proved':
      return 'sends the same key again';
  }
}

const mermaid = ([type, ...lines]: readonly string[]): string =>
  `\`\`\`mermaid\n${type}\n${lines.map((l) => `  ${l}`).join('\n')}\n\`\`\``;
