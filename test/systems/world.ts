import { eventually } from '../../libs/wire/src/testing/eventually.js';
import type { BookLine, Hub, StandIn } from '../journeys/hub.js';
import { run } from '../journeys/processes.js';

export type Members = Record<string, unknown>;

interface Counter {
  submissions: { key: string; state: string; problem?: string; detail?: string }[];
}

/** A hub, its partners, and what was sent in this run. */
export class World {
  /** Every code that somebody entered: another one in a book is a stranger. */
  readonly known = new Set<string>();
  /** Codes that must have reached an agency by now, for the count at the end. */
  readonly due = new Map<string, string[]>();
  readonly partners = new Map<string, StandIn>();

  protected constructor(
    readonly hub: Hub,
    /** How long something that is missing is waited for. */
    readonly patienceMs: number,
  ) {}

  partner(id: string): StandIn {
    const found = this.partners.get(id);
    if (!found) throw new Error(`no partner ${id}`);
    return found;
  }

  /** Entered at a one-stop's counter; its own system sends it. Ends when the hub has answered each. */
  async enter(at: StandIn, cases: readonly Members[], answered = 'accepted'): Promise<string[]> {
    const codes = cases.map(({ code }) => String(code));
    for (const code of codes) this.known.add(code);
    for (const entered of cases) await at.ask('POST', '/submissions', { key: String(entered.code), case: entered });
    for (const code of codes) await this.answered(at, code, code, answered);
    return codes;
  }

  /** An event that a one-stop reports of a case. */
  async report(at: StandIn, code: string, type: string, data: Members): Promise<void> {
    const key = `${code}/${at.name}/${type}/${String(data.status)}`;
    await at.ask('POST', '/submissions', { key, code, event: { type: `vn.lienthong.case.${type}.v1`, data } });
    await this.answered(at, code, key, 'accepted');
  }

  async submission(at: StandIn, code: string, key: string): Promise<Counter['submissions'][number] | undefined> {
    const { submissions } = (await at.ask('GET', `/cases/${encodeURIComponent(code)}`)) as Counter;
    return submissions.find((one) => one.key === key);
  }

  private answered(at: StandIn, code: string, key: string, state: string): Promise<void> {
    return eventually(async () => {
      const found = await this.submission(at, code, key);
      if (found?.state !== state) throw new Error(`${code}: ${found?.state} ${found?.detail ?? ''}, not ${state}`);
    }, this.patienceMs);
  }

  async lienthong(...words: string[]): Promise<void> {
    const { code, out, err } = await run('cli/src/main.js', words, this.hub.env);
    if (code !== 0) throw new Error(`lienthong ${words.join(' ')} (${code}):\n${out}\n${err}`);
  }

  /** Made clean for the next step: nothing on its way, no fault in force. */
  async calm(): Promise<void> {
    for (const partner of this.partners.values()) await partner.noFaults();
    await this.hub.atRest(this.patienceMs + 60_000);
  }

  stop(): Promise<void> {
    return this.hub.stop();
  }
}

/** What a partner's book takes from now on: the codes of the lines that fit, once for each application. */
export async function bookFromNow(
  of: StandIn,
  fits: (line: BookLine) => boolean = () => true,
  effect: BookLine['effect'] = 'applied',
): Promise<() => Promise<string[]>> {
  const before = (await of.books()).at(-1)?.n ?? 0;
  return async () =>
    (await of.books())
      .filter((line) => line.n > before && line.effect === effect && fits(line))
      .map(({ code }) => code);
}
