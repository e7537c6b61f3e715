import { checkOf } from '../check.js';
import { locateFile, type LocatedFile } from '../parse-agency-file.js';
import type { Fault } from '../problem.js';
import type { RoutesFile } from './routes-file.js';
import { routesFileSchema, unitsFileSchema } from './routing-files.schema.js';
import type { UnitsFile } from './units-file.js';

export type RoutingFile = UnitsFile | RoutesFile;

type Environment = Readonly<Record<string, string | undefined>>;

const checks = { Units: checkOf(unitsFileSchema), Routes: checkOf(routesFileSchema) };

/** What is wrong with the shape of a file of units or of routes; what they mean together is checked on apply. */
export function validateRoutingFile(value: unknown): Fault[] {
  const kind = (value as { kind?: unknown } | null)?.kind;
  return kind === 'Units' || kind === 'Routes' ? checks[kind](value) : [{ path: '/kind', rule: 'enum:Units|Routes' }];
}

/** Reads a file of units or of routes, as agency files are read. Throws AgencyFileError. */
export const locateRoutingFile = (yamlText: string, env: Environment): LocatedFile<RoutingFile> =>
  locateFile<RoutingFile>(yamlText, env, validateRoutingFile);
