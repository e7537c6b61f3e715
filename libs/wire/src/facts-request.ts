import { checkOf } from './check.js';
import { factTypes, type FactType } from './events.js';
import { factSchemas } from './payloads/facts.schema.js';
import { choice, list, matching, object, text, type Schema } from './schema.js';

/** Facts that somebody may tell the hub; figures it counts itself. */
export type ToldType = Exclude<FactType, 'vn.lienthong.figure.published.v1'>;
export const toldTypes = factTypes.filter((type): type is ToldType => type !== 'vn.lienthong.figure.published.v1');

/** One fact of `POST /v1/facts`. */
export interface ToldFact {
  /** The sender's key: said again with the same body it is the same event. */
  key: string;
  type: ToldType;
  /** What it is about, within its kind: `payment/<code>` is the stream. */
  code: string;
  data: object;
}

export interface FactsRequest {
  /** Id of the agency whose facts these are. */
  sender: string;
  facts: ToldFact[];
}

export const MOST_FACTS = 1_000;

/** No white space and no control character: it stands in a stream's name. */
const code = matching('^[^\\s\\u0000-\\u001f\\u007f]+$', 100);
const factOf = (type: Schema<ToldType>, data: Schema<object>): Schema<ToldFact> =>
  object<ToldFact>({ key: text(200), type, code, data }, {});
const requestOf = (fact: Schema<ToldFact>): Schema<FactsRequest> =>
  object<FactsRequest>(
    { sender: matching('^[a-z0-9]+(-[a-z0-9]+)*$', 32), facts: list(fact, MOST_FACTS, { minItems: 1 }) },
    {},
  );

/** As it is published: each type with its own payload. */
export const factsRequestSchema: Schema<FactsRequest> = requestOf({
  oneOf: toldTypes.map((type) =>
    factOf({ type: 'string', const: type }, factSchemas[type] as object as Schema<object>),
  ),
});

const anyType = choice(Object.fromEntries(toldTypes.map((type) => [type, true])) as Record<ToldType, true>);

/** The envelope alone: what is wrong with one fact's payload is that fact's fault, and keeps no other from being taken. */
export const validateFactsRequest = checkOf(requestOf(factOf(anyType, { type: 'object' })));
