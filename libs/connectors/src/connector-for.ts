import type { ContractVersion, Protocol } from '#wire';

import type { AppendToFeed, Connector, PublishToTopic } from './connector.js';
import { FeedConnector } from './feed/connector.js';
import { DeclaredConnector } from './http-declared/connector.js';
import { HttpJsonConnector } from './http-json/connector.js';
import { LltpFirstConnector } from './lltp-gen1/connector.js';
import { LltpConnector } from './lltp-gen2/connector.js';
import type { UnmappedCode } from './mapping/code-tables.js';
import { VneidConnector } from './lltp-vneid/connector.js';
import { MinistryCentralConnector } from './ministry-central/connector.js';
import { NationalPortalConnector } from './national-portal/connector.js';
import { OneStopConnector } from './one-stop/connector.js';
import { NewProceduresConnector } from './procedures-2026/connector.js';
import { PortalProceduresConnector } from './procedures-portal/connector.js';
import { TopicConnector } from './topic/connector.js';
import { WebhookConnector } from './webhook/connector.js';

export interface ConnectorDeps {
  agency: string;
  contract: ContractVersion;
  publish: PublishToTopic;
  append: AppendToFeed;
  /** Hears of each code that a code table hasn't, while an item is mapped. */
  onUnmapped?: (found: UnmappedCode) => void;
}

/** Total over Protocol: a protocol that an agency file may name and nobody speaks doesn't compile. */
const connectors: Record<Protocol, (deps: ConnectorDeps) => Connector> = {
  'lltp-gen1': ({ contract }) => new LltpFirstConnector(contract),
  'lltp-gen2': ({ contract }) => new LltpConnector(contract),
  'lltp-vneid': ({ contract }) => new VneidConnector(contract),
  'national-portal': ({ contract }) => new NationalPortalConnector(contract),
  'one-stop': ({ contract }) => new OneStopConnector(contract),
  http: ({ contract, onUnmapped }) => new DeclaredConnector(contract, onUnmapped),
  'http-json': ({ contract }) => new HttpJsonConnector(contract),
  'ministry-central': ({ contract, onUnmapped }) => new MinistryCentralConnector(contract, onUnmapped),
  'procedures-portal': ({ contract }) => new PortalProceduresConnector(contract),
  'procedures-2026': ({ contract }) => new NewProceduresConnector(contract),
  topic: ({ agency, contract, publish }) => new TopicConnector(contract, agency, publish),
  webhook: ({ contract }) => new WebhookConnector(contract),
  feed: ({ agency, contract, append }) => new FeedConnector(contract, agency, append),
};

/** Throws where the contract lacks what its protocol needs: an error of the agency file, not of a case. */
export const connectorFor = (protocol: Protocol, deps: ConnectorDeps): Connector => connectors[protocol](deps);
