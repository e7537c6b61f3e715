import { checkOf } from '../check.js';
import { lineDiscrepancies } from '../reconcile/discrepancy.js';
import { choice, formatted, integer, list, matching, object, text, type Schema } from '../schema.js';
import {
  sectionNames,
  type BookDigest,
  type Party,
  type SectionName,
  type StatedDiscrepancies,
  type Statement,
  type StatementCounts,
} from './statement.js';

export const sha256Hex = matching('^[0-9a-f]{64}$', 64);
export const keyId = matching('^[0-9a-f]{16}$', 16);
const day = formatted('date');
export const instant = matching('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$', 24);
const count = integer(0, Number.MAX_SAFE_INTEGER);
const orNull = <T>(schema: Schema<T>): Schema<T | null> => ({ oneOf: [{ type: 'null' }, schema] });

const party = object<Party>(
  {
    id: matching('^[a-z0-9]+(?:-[a-z0-9]+)*$', 32),
    name: object<Party['name']>({ vi: text(200), en: text(200) }, {}),
    code: orNull(matching('^[0-9A-Z]+(?:\\.[0-9A-Z]+)*$', 35)),
  },
  {},
);
const book = orNull(object<BookDigest>({ count, digest: sha256Hex }, {}));
const counted: Schema<StatedDiscrepancies['counts']> = {
  type: 'object',
  propertyNames: { enum: lineDiscrepancies },
  additionalProperties: integer(1, Number.MAX_SAFE_INTEGER),
};

/** JSON Schema of a statement: what isn't known is refused, so that nothing can be added to it. */
export const statementSchema: Schema<Statement> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:statement.v1',
  title: 'Statement',
  ...object<Statement>(
    {
      apiVersion: choice<Statement['apiVersion']>({ 'lienthong/v1': true }),
      kind: choice<Statement['kind']>({ Statement: true }),
      parties: object<Statement['parties']>({ ours: party, theirs: party }, {}),
      day,
      cutOff: instant,
      epoch: integer(1, Number.MAX_SAFE_INTEGER),
      previous: orNull(object<NonNullable<Statement['previous']>>({ day, hash: sha256Hex }, {})),
      counts: object<StatementCounts>(
        {
          opening: count,
          planned: count,
          reopened: count,
          acknowledged: count,
          superseded: count,
          closed: count,
          carried: count,
        },
        {},
      ),
      lines: object<Statement['lines']>({ ours: book, theirs: book }, {}),
      coverage: choice<Statement['coverage']>({ both: true, 'ours only': true, none: true }),
      comparison: orNull(object<NonNullable<Statement['comparison']>>({ source: text(100), at: instant }, {})),
      discrepancies: object<StatedDiscrepancies>({ counts: counted, list: sha256Hex }, {}),
      contracts: list(
        object<Statement['contracts'][number]>({ validFrom: day, serial: integer(1, 1e9), hash: sha256Hex }, {}),
        1_000,
      ),
      codeTables: list(
        object<Statement['codeTables'][number]>({ name: text(100), validFrom: day, hash: sha256Hex }, {}),
        100_000,
      ),
      chainHeads: object<Statement['chainHeads']>({ streams: count, merkleRoot: sha256Hex }, {}),
      keys: object<Statement['keys']>({ ours: list(keyId, 100), theirs: list(keyId, 100) }, {}),
      sections: object<Record<SectionName, string>>(
        Object.fromEntries(sectionNames.map((name) => [name, sha256Hex])) as Record<SectionName, Schema<string>>,
        {},
      ),
    },
    {},
  ),
};

export const validateStatement = checkOf(statementSchema);
