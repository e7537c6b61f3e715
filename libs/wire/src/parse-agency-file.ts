import { parseDocument, type Document } from 'yaml';

import type { AgencyFile } from './agency-file.js';
import type { Fault } from './problem.js';
import { validateAgencyFile } from './validate-agency-file.js';

/** An agency file that can't be used, with everything that is wrong in it. Holds rules and places, no values of the environment. */
export class AgencyFileError extends Error {
  constructor(readonly faults: Fault[]) {
    super(
      `agency file: ${faults.map(({ path, rule, detail }) => `${path || '/'} ${rule}${detail ? ` (${detail})` : ''}`).join('; ')}`,
    );
  }
}

/**
 * Reads an agency file. In its strings `${LIENTHONG_NAME}` and `${LIENTHONG_NAME:-otherwise}` stand for the environment,
 * filled in after parsing, so that no value can change the file's structure. Throws AgencyFileError.
 */
export function parseAgencyFile(yamlText: string, env: Readonly<Record<string, string | undefined>>): AgencyFile {
  const document = parseDocument(yamlText, { prettyErrors: false });
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0)
    throw new AgencyFileError(
      wrong.map(({ code, pos }) => ({ path: '', rule: `yaml:${code}`, detail: `line ${lineOf(yamlText, pos[0])}` })),
    );
  const faults: Fault[] = [];
  const file = filledIn(valueOf(document), '', env, faults);
  if (faults.length === 0) faults.push(...validateAgencyFile(file));
  if (faults.length > 0) throw new AgencyFileError(faults);
  return file as AgencyFile;
}

/** The library refuses aliases that would make a small file a huge value. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    throw new AgencyFileError([{ path: '', rule: 'yaml:aliases' }]);
  }
}

function filledIn(
  value: unknown,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  faults: Fault[],
): unknown {
  if (typeof value === 'string') return fillText(value, path, env, faults);
  if (Array.isArray(value)) return value.map((item, n) => filledIn(item, `${path}/${n}`, env, faults));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, filledIn(member, `${path}/${name}`, env, faults)]),
  );
}

/** Empty counts as not set. A value isn't looked through again. */
function fillText(
  text: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  faults: Fault[],
): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, inside: string) => {
    const [, name, otherwise] = /^(LIENTHONG_[A-Z0-9_]+)(?::-(.*))?$/s.exec(inside) ?? [];
    const value = name === undefined ? undefined : env[name] || otherwise;
    if (name === undefined)
      faults.push({ path, rule: 'placeholder', detail: 'only ${LIENTHONG_…} or ${LIENTHONG_…:-otherwise}' });
    else if (value === undefined) faults.push({ path, rule: 'placeholder', detail: `${name} is not set` });
    return value ?? '';
  });
}

const lineOf = (text: string, position: number): number => text.slice(0, position).split('\n').length;
