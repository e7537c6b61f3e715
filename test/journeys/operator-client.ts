import { run } from './processes.js';
import type { Hub } from './hub.js';

export interface Answered<T = Record<string, unknown>> {
  status: number;
  type: string;
  body: T;
  text: string;
}

interface Asked {
  yaml?: string;
  json?: unknown;
  headers?: Record<string, string>;
}

/** An operator's program: a key, and the console's API. */
export class OperatorClient {
  private constructor(
    private readonly url: string,
    readonly key: string,
  ) {}

  static async of(hub: Hub, operator: string): Promise<OperatorClient> {
    const { code, out, err } = await run('cli/src/main.js', ['key', 'create', '--operator', operator], hub.env);
    if (code !== 0) throw new Error(err);
    return new OperatorClient(`http://127.0.0.1:${hub.env.LIENTHONG_CONSOLE_PORT}`, out.trim());
  }

  post<T = Record<string, unknown>>(path: string, asked: Asked = {}): Promise<Answered<T>> {
    const { yaml, json, headers } = asked;
    const type = yaml === undefined ? 'application/json' : 'application/yaml';
    const body = yaml ?? JSON.stringify(json ?? {});
    return this.ask('POST', path, { 'content-type': type, ...headers }, body);
  }

  get<T = Record<string, unknown>>(path: string, headers: Record<string, string> = {}): Promise<Answered<T>> {
    return this.ask('GET', path, headers);
  }

  private async ask<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answered<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      type,
      text,
      body: (/json;?/.test(type) && !/ndjson/.test(type) ? JSON.parse(text) : {}) as T,
    };
  }
}
