import type { FileReference, Json } from '#wire';

import { writeXml, XmlFault } from '../xml/write-xml.js';
import { ofWhole, type Compiled, type Value } from './scope.js';

/** One part of a multipart body: text, or a file of the hub's by reference. It lives from the body's template to its bytes. */
export class Part {
  constructor(
    readonly content: string | FileReference,
    readonly filename: string | undefined,
    readonly mediaType: string | undefined,
  ) {}
}

export const xmlOf = (inner: Compiled, isDeclared: boolean, at: string): Compiled =>
  ofWhole(inner, (value, { faults }) => {
    try {
      return writeXml(value, isDeclared);
    } catch (error) {
      if (!(error instanceof XmlFault)) throw error;
      return void faults.push(`${at}: ${error.message}`);
    }
  });

export const jsonOf = (inner: Compiled): Compiled =>
  ofWhole(inner, (value) => (value === undefined ? undefined : JSON.stringify(value)));

/** A file that is longer than the partner takes is told before anything is sent. */
export const partOf = (members: Compiled, mostBytes: number, at: string): Compiled =>
  ofWhole(members, (value, { faults }) => {
    const { part: of, filename, type } = value as Record<string, Value>;
    if (of === undefined || of === null || of === '') return undefined;
    const file = isReference(of) ? of : undefined;
    const content = file ?? wordOf(of);
    if (content === undefined) return void faults.push(`${at}: is neither a file nor a text`);
    if ((file?.size ?? 0) > mostBytes) return void faults.push(`${at}: ${tooLong(mostBytes)}`);
    return new Part(content, wordOf(filename) ?? file?.name, wordOf(type) ?? file?.mediaType) as unknown as Json;
  });

const wordOf = (value: Value): string | undefined =>
  value === undefined || value === null || typeof value === 'object' ? undefined : String(value);

const isReference = (value: Json): value is Json & FileReference =>
  value !== null && typeof value === 'object' && 'sha256' in value && typeof value.sha256 === 'string';

export const tooLong = (mostBytes: number): string =>
  `the file is longer than ${mostBytes % 1_048_576 === 0 ? `${mostBytes / 1_048_576} MiB` : `${mostBytes / 1_024} KiB`}`;
