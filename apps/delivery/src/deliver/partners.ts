import type { Connector } from '#connectors';
import type { ContractBook } from '#ledger';
import type { ContractVersion, Protocol } from '#wire';
import type { Partner } from './attempt-delivery.js';
import { termsOf } from './contract-terms.js';

/** Everything that a connector is made of: what isn't known to be read by the engine alone makes a new one. */
function fingerprintOf(contract: ContractVersion): string {
  const {
    replies: _r,
    retry: _t,
    breaker: _b,
    sends: _s,
    onDuplicate: _d,
    reconcile: _c,
    fullStates: _f,
    ...rest
  } = contract;
  return JSON.stringify(rest);
}

/** One connector per agency and contract version, made when first needed, replaced when the contract changes. */
export class Partners {
  private readonly made = new Map<string, { partner: Partner; fingerprint: string }>();

  constructor(
    private readonly book: ContractBook,
    private readonly connect: (protocol: Protocol, agency: string, contract: ContractVersion) => Connector,
  ) {}

  find(agency: string, version: string): Partner | undefined {
    const contract = this.book
      .all()
      .find((a) => a.id === agency)
      ?.versions.find((v) => v.validFrom === version);
    if (!contract) return undefined;
    const key = `${agency}/${version}`;
    const known = this.made.get(key);
    if (known?.partner.contract === contract) return known.partner;
    const fingerprint = fingerprintOf(contract);
    if (known?.fingerprint === fingerprint) {
      // Only what the engine reads changed: the connections and the session stay.
      const { connector } = known.partner;
      known.partner = { connector, contract, terms: termsOf(contract, connector) };
      return known.partner;
    }
    void known?.partner.connector.close();
    const connector = this.connect(contract.protocol, agency, contract);
    const partner = { connector, contract, terms: termsOf(contract, connector) };
    this.made.set(key, { partner, fingerprint });
    return partner;
  }

  async close(): Promise<void> {
    await Promise.all([...this.made.values()].map(({ partner }) => partner.connector.close()));
  }
}
