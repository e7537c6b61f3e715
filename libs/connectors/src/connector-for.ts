import type { ContractVersion, Protocol } from '#wire';

import type { AppendToFeed, Connector, PublishToTopic } from './connector.js';
import { FeedConnector } from './feed/connector.js';
import { DeclaredConnector } from './http-declared/connector.js';
import { HttpJsonConnector } from './http-json/connector.js';
import { LltpConnector } from './lltp-gen2/connector.js';
import { MinistryCentralConnector } from './ministry-central/connector.js';
import { NationalPortalConnector } from './national-portal/connector.js';
import { OneStopConnector } from './one-stop/connector.js';
import { TopicConnector } from './topic/connector.js';
import { WebhookConnector } from './webhook/connector.js';

export interface ConnectorDeps {
  agency: string;
  contract: ContractVersion;
  publish: PublishToTopic;
  append: AppendToFeed;
}

/** Total over Protocol: a protocol that an agency file may name and nobody speaks doesn't compile. */
const connectors: Record<Protocol, (deps: ConnectorDeps) => Connector> = {
  'lltp-gen2': ({ contract }) => new LltpConnector(contract),
  'national-portal': ({ contract }) => new NationalPortalConnector(contract),
  'one-stop': ({ contract }) => new OneStopConnector(contract),
  http: ({ contract }) => new DeclaredConnector(contract),
  'http-json': ({ contract }) => new HttpJsonConnector(contract),
  'ministry-central': ({ contract }) => new MinistryCentralConnector(contract),
  topic: ({ agency, contract, publish }) => new TopicConnector(contract, agency, publish),
  webhook: ({ contract }) => new WebhookConnector(contract),
  feed: ({ agency, contract, append }) => new FeedConnector(contract, agency, append),
};

/** Throws where the contract lacks what its protocol needs: an error of the agency file, not of a case. */
export const connectorFor = (protocol: Protocol, deps: ConnectorDeps): Connector => connectors[protocol](deps);
