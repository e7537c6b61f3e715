import { payloadSchemas, type EventType } from '#wire';

import { MappingFault, withoutPlaces } from './path.js';

/** Members of an event's payload that speak of a person. */
const personal = ['applicant', 'declaration', 'returnAddress', 'documents', 'judicialRecord'];

type Node = { properties?: Record<string, unknown>; items?: unknown; additionalProperties?: unknown };

/** Which of the payload's members a contract may read, and whether there are such. */
export class Disclosure {
  private readonly fields: readonly string[];

  constructor(fields: readonly string[] = []) {
    this.fields = fields.map((field) =>
      withoutPlaces(field.replace(/^(?:application|data)\./, '').split(/[.[\]]+/)).join('.'),
    );
  }

  /** Throws where nobody has such a member, or the contract doesn't say that the partner may get it. */
  check(keys: readonly string[], types: readonly EventType[], at: string): void {
    const [root, ...path] = withoutPlaces(keys);
    if (root !== 'application' && root !== 'data') return;
    const schemas =
      root === 'application'
        ? [payloadSchemas['vn.lienthong.case.received.v1']]
        : types.map((type) => payloadSchemas[type]);
    if (schemas.length > 0 && !schemas.some((schema) => has(schema as Node, path)))
      throw new MappingFault(at, `there is no ${[root, ...path].join('.')}`);
    const wanted = path.length === 0 ? personal : personal.includes(path[0]!) ? [path.join('.')] : [];
    const secret = wanted.find((field) => !this.fields.some((open) => field === open || field.startsWith(`${open}.`)));
    if (secret !== undefined) throw new MappingFault(at, `${secret} is personal, and discloses.fields doesn't name it`);
  }

  /** The payload as this partner may see it: for expressions that can't be looked through beforehand. */
  view(payload: unknown): unknown {
    if (payload === null || typeof payload !== 'object') return payload;
    return Object.fromEntries(
      Object.entries(payload).flatMap(([member, value]: [string, unknown]) => {
        const seen = personal.includes(member) ? this.part(member, value) : value;
        return seen === undefined ? [] : [[member, seen]];
      }),
    );
  }

  private part(path: string, value: unknown): unknown {
    if (this.fields.some((open) => path === open || path.startsWith(`${open}.`))) return value;
    if (!this.fields.some((open) => open.startsWith(`${path}.`))) return undefined;
    if (Array.isArray(value)) return value.map((item: unknown) => this.part(path, item) ?? {});
    if (value === null || typeof value !== 'object') return undefined;
    return Object.fromEntries(
      Object.entries(value).flatMap(([member, inner]) => {
        const seen = this.part(`${path}.${member}`, inner);
        return seen === undefined ? [] : [[member, seen]];
      }),
    );
  }
}

function has(schema: Node, path: readonly string[]): boolean {
  const [member, ...rest] = path;
  if (member === undefined) return true;
  if (schema.items !== undefined) return has(schema.items as Node, path);
  if (schema.properties === undefined)
    return schema.additionalProperties !== undefined && schema.additionalProperties !== false;
  const found = schema.properties[member];
  return found !== undefined && has(found as Node, rest);
}
