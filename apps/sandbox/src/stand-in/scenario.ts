import { Ajv } from 'ajv';
import { LineCounter, parseDocument } from 'yaml';

import { locateInYaml } from '#wire';

import type { Fault } from './faults.js';
import { ofError, wrongWithFault } from './read-faults.js';
import type { Manner } from './manner.js';
import { scenarioSchema } from './scenario.schema.js';

/** All that are named must hold; counted from the scenario's start, at the stand-in of the step. */
export interface Condition {
  /** Requests that arrived, log-ins among them. */
  requests?: number;
  /** Lines of the book that changed the partner's state. */
  applied?: number;
  /** A line of the book, or an act of the partner's own, with this status. */
  status?: number;
  /** Time since the start, `30s`, `2h`. */
  at?: string;
  /** The step of this name has ended. */
  after?: string;
}

export interface ScenarioStep {
  name: string;
  /** The stand-in where it happens. */
  at: string;
  /** Looked at once the step before it (of the same stand-in) has begun; absent: at once. */
  when?: Condition;
  do: Fault;
  /** The first of these ends it; absent: the scenario's end, or the fault's own count. */
  for?: { hits?: number; duration?: string; until?: Condition };
}

export interface Scenario {
  title: { vi: string; en: string };
  seed: number;
  steps: ScenarioStep[];
}

export interface ScenarioFault {
  line: number;
  column: number;
  path: string;
  text: string;
}

const validate = new Ajv({ strict: false }).compile<Scenario>(scenarioSchema);

/** The scenario of a file, or what is wrong with it and where. `mannerOf`: undefined for a name that no stand-in has. */
export function readScenario(
  text: string,
  mannerOf: (standIn: string) => Manner | 'elsewhere' | undefined,
): Scenario | ScenarioFault {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, path: '', text: error.message };
  }
  const asked = document.toJS({ maxAliasCount: 100 }) as unknown;
  const wrong = validate(asked) ? wrongStep(asked, mannerOf) : ofError(validate.errors?.[0]);
  if (!wrong) return { ...(asked as Scenario), seed: (asked as Scenario).seed ?? 0 };
  const place = locateInYaml(document, lines, wrong.path, true) ?? { line: 1, column: 1 };
  return { ...place, ...wrong };
}

function wrongStep(
  { steps }: Scenario,
  mannerOf: (standIn: string) => Manner | 'elsewhere' | undefined,
): { path: string; text: string } | undefined {
  const names = new Set<string>();
  for (const [n, step] of steps.entries()) {
    const path = `/steps/${n}`;
    if (names.has(step.name)) return { path: `${path}/name`, text: `a step is called ${step.name} already` };
    const manner = mannerOf(step.at);
    if (!manner) return { path: `${path}/at`, text: `no stand-in is called ${step.at}` };
    const fault = manner === 'elsewhere' ? undefined : wrongWithFault(step.do, manner);
    if (fault) return { path: `${path}/do${fault.path}`, text: fault.text };
    const earlier = steps.slice(0, n).filter(({ at }) => at === step.at);
    for (const [where, after] of [
      ['when/after', step.when?.after],
      ['for/until/after', step.for?.until?.after],
    ] as const)
      if (after !== undefined && !earlier.some(({ name }) => name === after))
        return { path: `${path}/${where}`, text: `no earlier step at ${step.at} is called ${after}` };
    names.add(step.name);
  }
  return undefined;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export function millisecondsOf(duration: string): number {
  const [, n = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  return Number(n) * (units[unit] ?? 1);
}
