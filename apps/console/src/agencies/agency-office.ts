import { faultSays, readAgencyText, type ReadAgency } from '#agency';
import { noteLook, readAgencies, type Database } from '#ledger';
import { ensureTopics } from '#messaging';
import type { Secrets } from '#service';
import {
  Refused,
  topicsFor,
  validateOperatorRequest,
  type Fault,
  type Language,
  type LocatedFault,
  type OperatorRequest,
  type Refusal,
} from '#wire';

/** Each holds a connection and walks through a period's events. */
const MOST_AT_ONCE = 2;

export interface OfficeSettings {
  kafkaBrokers: string[];
  namespace: string;
}

/** What the routes of /v1/agencies share: the ledger, secrets, and how a request becomes a file or a refusal. */
export class AgencyOffice {
  private walking = 0;

  constructor(
    readonly db: Database,
    readonly secrets: Secrets,
    private readonly settings: OfficeSettings,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** The agency file that came as a body, or as a member of one. `withSecrets`: those that it names have to be there. */
  async read(yaml: unknown, language: Language, withSecrets = false): Promise<ReadAgency> {
    const has = withSecrets ? this.hasSecret : undefined;
    const read = await readAgencyText(typeof yaml === 'string' ? yaml : '', this.env, has);
    if (read.outcome === 'read') return read;
    throw new Refused({ code: 'invalid-agency-file', faults: read.faults.map((fault) => inWords(fault, language)) });
  }

  readonly hasSecret = (name: string): Promise<boolean> => Promise.resolve(this.secrets.has(name));

  /** Rejects where there is no such agency. */
  async known(id: string): Promise<string> {
    if (!(await readAgencies(this.db)).some((agency) => agency.id === id))
      throw new Refused({ code: 'unknown-agency' });
    return id;
  }

  /** Work that reads a period's events; more than a few at once are refused. */
  async walk<T>(work: () => Promise<T>): Promise<T> {
    if (this.walking >= MOST_AT_ONCE) throw new Refused({ code: 'too-many-at-once' });
    this.walking++;
    try {
      return await work();
    } finally {
      this.walking--;
    }
  }

  noteLook(operator: string, action: 'try' | 'try-send', agency: string, caseCode: string | null): Promise<void> {
    return noteLook(this.db, { operator, door: 'api', action, agency, caseCode });
  }

  /** The contract is in force all the same: what is published waits in the ledger until the topics are there. */
  async makeTopics(agency: string): Promise<'made' | 'away'> {
    const { kafkaBrokers: brokers, namespace } = this.settings;
    if (brokers.length === 0) return 'away';
    try {
      await ensureTopics({ brokers, clientId: 'lienthong-console', namespace }, topicsFor([agency]));
      return 'made';
    } catch {
      return 'away';
    }
  }
}

/** Throws what is wrong with a request's body. */
export function shaped<T>(name: OperatorRequest, body: unknown): T {
  const faults = validateOperatorRequest(name, body);
  if (faults.length > 0) throw new Refused({ code: 'invalid-envelope', faults });
  return body as T;
}

/** A fault of an agency file as its author reads it, with its place. */
export function inWords({ detail, ...fault }: LocatedFault, language: Language): Fault {
  const words = [faultSays(fault)?.[language], detail && `(${detail})`].filter(Boolean).join(' ');
  return { ...fault, ...(words === '' ? {} : { detail: words }) };
}

export const refuse = (refused: Refusal): never => {
  throw new Refused(refused);
};
