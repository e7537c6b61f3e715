import { choice, formatted, list, matching, object, text, type Schema } from '../schema.js';
import type { Route, RouteForm, RoutesFile, RouteStep, RouteVersion } from './routes-file.js';
import type { Successor, Unit, UnitLevel, UnitsFile } from './units-file.js';

/** QĐ 20/2020/QĐ-TTg: at most 35 characters, groups of A–Z and 0–9 with dots between. */
const unitCode = matching('^[0-9A-Z]+(?:\\.[0-9A-Z]+)*$', 35);
const agencyId = matching('^[a-z0-9]+(?:-[a-z0-9]+)*$', 32);
const procedure = matching('^[0-9]\\.[0-9]{6}$', 8);
const field = matching('^[0-9A-Za-z.-]+$', 50);
const version = choice<'lienthong/v1'>({ 'lienthong/v1': true });

const successor = object<Successor>(
  { unit: unitCode },
  {
    procedures: list(procedure, 5_000, { minItems: 1, uniqueItems: true }),
    fields: list(field, 500, { minItems: 1, uniqueItems: true }),
  },
);

const unit = object<Unit>(
  {
    code: unitCode,
    name: text(300),
    level: choice<UnitLevel>({ province: true, district: true, commune: true, department: true, vertical: true }),
    validFrom: formatted('date'),
  },
  {
    otherCodes: list(unitCode, 10, { minItems: 1, uniqueItems: true }),
    communeCode: matching('^[0-9]{5}$', 5),
    within: unitCode,
    agency: agencyId,
    validUntil: formatted('date'),
    succeededBy: list(successor, 1_000, { minItems: 1 }),
  },
);

const step = object<RouteStep>(
  {
    at: matching('^(?:entry|commune|district|province|[0-9A-Z]+(?:\\.[0-9A-Z]+)*)$', 35),
    work: object<RouteStep['work']>({ vi: text(200), en: text(200) }, {}),
  },
  {
    share: { type: 'number', minimum: 0, maximum: 1 },
    hours: { type: 'number', exclusiveMinimum: 0, maximum: 10_000 },
  },
);

const routeVersion = object<RouteVersion>(
  {
    validFrom: formatted('date'),
    form: choice<RouteForm>({ 'three-level': true, 'two-level': true, horizontal: true, vertical: true }),
    steps: list(step, 20, { minItems: 1 }),
  },
  {},
);

const route = object<Route>({ procedure, versions: list(routeVersion, 100, { minItems: 1 }) }, { field });

export const unitsFileSchema: Schema<UnitsFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:units-file.v1',
  title: 'Units',
  ...object<UnitsFile>(
    {
      apiVersion: version,
      kind: choice<'Units'>({ Units: true }),
      units: list(unit, 20_000, { minItems: 1 }),
    },
    {},
  ),
};

export const routesFileSchema: Schema<RoutesFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:routes-file.v1',
  title: 'Routes',
  ...object<RoutesFile>(
    {
      apiVersion: version,
      kind: choice<'Routes'>({ Routes: true }),
      routes: list(route, 10_000, { minItems: 1 }),
    },
    {},
  ),
};
