import { checkOf, type Check } from './check.js';
import { formatted, integer, matching, object, text, yesNo, type Schema } from './schema.js';

/** What operators send to /v1/agencies beside agency files: their shapes, checked and published. */
export interface NewAgencyRequest {
  id: string;
  /** Where the sample request would be sent, whole. */
  url: string;
  /** A request of the partner's, as JSON. */
  request: unknown;
  answer?: unknown;
  status?: number;
}
export interface CodeTableRequest {
  name: string;
  /** Two columns as a spreadsheet gives them: ours, theirs. */
  columns: string;
  from?: string;
}
export interface TryRequest {
  /** The agency file, YAML. */
  file: string;
  case?: string;
  sequence?: number;
  /** A CloudEvent instead of a case. */
  sample?: unknown;
  on?: string;
  /** Really sends it, once. */
  send?: boolean;
}
export interface RollBackRequest {
  reason: string;
  to?: number;
  withoutSecrets?: boolean;
}
export interface PauseRequest {
  reason: string;
  /** RFC 3339; from then on it goes on by itself. */
  until?: string;
}
export interface ReasonRequest {
  reason: string;
}

const id = matching('^[a-z0-9]+(-[a-z0-9]+)*$', 32);
const anything: Schema<unknown> = {};
const yaml = text(1_000_000);
const reason = text(1_000);

export const operatorRequestSchemas = {
  NewAgency: object<NewAgencyRequest>(
    { id, url: text(2_000), request: anything },
    { answer: anything, status: integer(100, 599) },
  ),
  CodeTable: object<CodeTableRequest>(
    { name: matching('^[A-Za-z][A-Za-z0-9_-]*$', 64), columns: text(500_000) },
    { from: formatted('date') },
  ),
  Try: object<TryRequest>(
    { file: yaml },
    { case: text(100), sequence: integer(1, 1_000_000), sample: anything, on: formatted('date'), send: yesNo },
  ),
  RollBack: object<RollBackRequest>({ reason }, { to: integer(1, 1_000_000_000), withoutSecrets: yesNo }),
  Pause: object<PauseRequest>({ reason }, { until: formatted('date-time') }),
  Reason: object<ReasonRequest>({ reason }, {}),
} as const;

export type OperatorRequest = keyof typeof operatorRequestSchemas;

const checks = new Map<OperatorRequest, Check>();

/** What is wrong with an operator's request; empty is valid. */
export function validateOperatorRequest(name: OperatorRequest, value: unknown): ReturnType<Check> {
  const check = checks.get(name) ?? checkOf(operatorRequestSchemas[name] as Schema<unknown>);
  checks.set(name, check);
  return check(value);
}
