import type { Connector } from '#connectors';
import type { ContractVersion } from '#wire';

/** One connector per agency, for the contract version that it was made for; a changed contract gets a new one. */
export class ConnectorsInForce {
  private readonly made = new Map<string, { contract: ContractVersion; text: string; connector: Connector }>();

  constructor(private readonly connect: (agency: string, contract: ContractVersion) => Connector) {}

  /** Throws where the contract lacks what its protocol needs. Nothing of this agency may be under way. */
  async of(agency: string, contract: ContractVersion): Promise<Connector> {
    const known = this.made.get(agency);
    if (known?.contract === contract) return known.connector;
    const text = JSON.stringify(contract);
    if (known?.text === text) {
      known.contract = contract;
      return known.connector;
    }
    this.made.delete(agency);
    await known?.connector.close();
    const connector = this.connect(agency, contract);
    this.made.set(agency, { contract, text, connector });
    return connector;
  }

  async close(): Promise<void> {
    await Promise.all([...this.made.values()].map(({ connector }) => connector.close()));
    this.made.clear();
  }
}
