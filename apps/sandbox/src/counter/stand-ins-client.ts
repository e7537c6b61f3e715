import type { StandInName } from '../stand-in/stand-in.js';

export interface AtCounter {
  code: string;
  status: number;
  events: { type: string; at: string; data: ResultData }[];
  submissions: {
    key: string;
    type: string;
    state: 'pending' | 'accepted' | 'refused';
    problem?: string;
    detail?: string;
  }[];
}

interface ResultData {
  judicialRecord?: { number: string; issuedOn: string; convictionStatus: { name: string } };
  documents?: { sha256: string; name: string }[];
}

export interface HeldCase {
  status: number;
  reason?: string;
  progress?: number;
}

export interface StandInHealth {
  down: boolean;
  port: number;
  lines: number;
}

const timeoutMs = 3_000;

/** The counter's way to the stand-ins' control ports. undefined: there is none such; null: it doesn't answer. */
export class StandInsClient {
  constructor(
    private readonly host: string,
    private readonly controlPort: (name: StandInName) => number | undefined,
  ) {}

  atCounter(code: string): Promise<AtCounter | undefined | null> {
    return this.get<AtCounter>('mot-cua', `/cases/${encodeURIComponent(code)}`);
  }

  held(name: 'lltp' | 'cong-dvc', code: string): Promise<HeldCase | undefined | null> {
    return this.get<HeldCase>(name, `/holds?code=${encodeURIComponent(code)}`);
  }

  health(name: StandInName): Promise<StandInHealth | undefined | null> {
    return this.get<StandInHealth>(name, '/healthz');
  }

  /** Throws where the one-stop doesn't answer: a case that wasn't taken must not look as if it was. */
  async nextCode(): Promise<string> {
    const { code } = (await (await this.send('mot-cua', 'POST', '/codes')).json()) as { code: string };
    return code;
  }

  async submit(submission: object): Promise<void> {
    const answer = await this.send('mot-cua', 'POST', '/submissions', submission);
    if (answer.status !== 202) throw new Error('the one-stop did not take the submission');
  }

  async file(sha256: string): Promise<Buffer | undefined> {
    const answer = await this.send('mot-cua', 'GET', `/files/${sha256}`).catch(() => undefined);
    return answer?.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  }

  setFaults(name: StandInName, fault: object | undefined): Promise<Response> {
    return fault === undefined ? this.send(name, 'DELETE', '/faults') : this.send(name, 'PUT', '/faults', fault);
  }

  private async get<T>(name: StandInName, path: string): Promise<T | undefined | null> {
    try {
      const answer = await this.send(name, 'GET', path);
      return answer.ok ? ((await answer.json()) as T) : undefined;
    } catch {
      return null;
    }
  }

  private send(name: StandInName, method: string, path: string, body?: object): Promise<Response> {
    const port = this.controlPort(name);
    if (port === undefined) return Promise.reject(new Error(`${name} is not running`));
    return fetch(`http://${this.host}:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  }
}
