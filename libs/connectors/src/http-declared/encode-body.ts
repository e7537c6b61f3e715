import type { Json, Operation } from '#wire';

import type { ReadFile } from '../connector.js';
import { writeXml } from '../xml/write-xml.js';
import { FORM } from './login.js';
import { multipartOf } from './multipart.js';

export type Encoded = { kind: 'made'; type: string; body: string | Buffer } | { kind: 'unmade'; reason: string };

export const UNMADE = 'the request can’t be made';
const unmade: Encoded = { kind: 'unmade', reason: UNMADE };

/** Unmade: credentials that belong into the body find no object there, or would stand in a member's place. */
export async function encodeBody(
  body: Json,
  credentials: Readonly<Record<string, string>>,
  encoding: NonNullable<Operation['encoding']>,
  readFile: ReadFile | undefined,
  mostFile: number,
): Promise<Encoded> {
  const members = isObject(body) ? body : undefined;
  const names = Object.keys(credentials);
  if (!members && (names.length > 0 || encoding === 'form' || encoding === 'multipart')) return unmade;
  if (members && names.some((name) => Object.hasOwn(members, name))) return unmade;
  const whole = members ? { ...members, ...credentials } : body;
  switch (encoding) {
    case 'json':
      return { kind: 'made', type: 'application/json', body: JSON.stringify(whole) };
    case 'xml':
      return { kind: 'made', type: 'application/xml; charset=utf-8', body: writeXml(whole) };
    case 'form':
      return { kind: 'made', type: FORM, body: formOf(whole as Readonly<Record<string, Json>>) };
    case 'multipart':
      return multipartOf(whole as Readonly<Record<string, Json>>, readFile, mostFile);
  }
}

function formOf(members: Readonly<Record<string, Json | undefined>>): string {
  const fields = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(
    fields.map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ).toString();
}

const isObject = (value: Json): value is Readonly<Record<string, Json | undefined>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
