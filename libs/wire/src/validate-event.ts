import { checkOf } from './check.js';
import { publishedTypes, type PublishedType } from './event-versions.js';
import { codeOfSubject, kindOf, type CloudEvent } from './events.js';
import { validatePublished } from './payloads/validate.js';
import type { Fault } from './problem.js';
import { choice, formatted, matching, object, type Schema } from './schema.js';

type Envelope = Omit<CloudEvent, 'time' | 'datacontenttype'> & Partial<Pick<CloudEvent, 'time' | 'datacontenttype'>>;

const printable = matching('^[\\x21-\\x7e]+$', 255);
const type: Schema<string> = { type: 'string', enum: [...publishedTypes] };

const envelope: Schema<Envelope> = {
  ...object<Envelope>(
    {
      specversion: choice<'1.0'>({ '1.0': true }),
      id: printable,
      source: printable,
      type,
      subject: matching('.', 220),
      data: {},
    },
    {
      time: formatted('date-time'),
      datacontenttype: matching('^application/(?:[\\w.-]+\\+)?json(?:;.*)?$', 100) as Schema<'application/json'>,
      sequence: matching('^[1-9][0-9]{0,9}$', 10),
    },
  ),
  // Extension attributes are allowed.
  additionalProperties: true,
};

/**
 * What is wrong with a CloudEvent of the hub: its envelope, then its data by the published schema of its type. Empty is
 * valid; no fault holds a value of it. A subject is required, because nothing else says which stream it is about.
 */
export const validateEvent: (value: unknown) => Fault[] = checkOf(envelope, ({ type, subject, data }: Envelope) => [
  ...validatePublished(type as PublishedType, data).map((fault) => ({ ...fault, path: `/data${fault.path}` })),
  ...(isOf(kindOf(type), subject) ? [] : [{ path: '/subject', rule: `pattern:^${kindOf(type)}/.` }]),
  ...(carriesAnotherCode(data, subject) ? [{ path: '/data/code', rule: 'same-as:/subject' }] : []),
]);

const isOf = (kind: string, subject: string): boolean =>
  subject.startsWith(`${kind}/`) && subject.length > kind.length + 1;

/** Only of events that carry the case in full: a merged one names the other case. */
function carriesAnotherCode(data: unknown, subject: string): boolean {
  const { code, applicant } = (data ?? {}) as { code?: unknown; applicant?: unknown };
  return applicant !== undefined && typeof code === 'string' && code !== codeOfSubject(subject);
}
