import type { ProblemCode } from '../problem.js';

/** Media type → what is sent in it. */
export type Content = Readonly<Record<string, { schema: object; example?: unknown }>>;

export interface Parameter {
  schema: object;
  says: string;
  required?: true;
}

/** One route of a process as it is published; a spec compares it with what the process serves. */
export interface DescribedRoute {
  /** `/v1/agencies/{id}` */
  at: string;
  method: 'get' | 'post' | 'put';
  vi: string;
  en: string;
  says?: string;
  tag: string;
  /** Whose key opens it, by the names of the API's `keys`; none: nobody is asked for one. */
  keys: readonly string[];
  /** What the places in its path are; one that isn't named is text. */
  inPath?: Readonly<Record<string, Omit<Parameter, 'required'>>>;
  query?: Readonly<Record<string, Parameter>>;
  body?: { says?: string; optional?: true; content: Content };
  /** 200 unless said. */
  status?: number;
  answers: Content;
  /** Answers of other statuses that are no problems. */
  also?: Readonly<Record<string, { says: string; content: Content }>>;
  problems?: readonly ProblemCode[];
}

export interface DescribedApi {
  title: string;
  description: string;
  routes: readonly DescribedRoute[];
  /** Name → who has such a key. */
  keys: Readonly<Record<string, string>>;
  /** Shapes that routes refer to. */
  schemas: Readonly<Record<string, object>>;
}
