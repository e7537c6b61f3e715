import { connectorFor, type BatchItem, type Connector, type OutgoingEvent, type Unmade } from '#connectors';
import { classifyReply, type LookUp, type PartnerAnswer, type Reply } from '#domain';
import { itemHash, type ContractVersion } from '#wire';
import { contractOf, sending } from '../../libs/connectors/src/case.fixture.js';

type Members = Record<string, unknown>;

/** A one-stop that speaks the portal's protocol: the hub's own client of the portal, with another address and login. */
export class PortalClient {
  private readonly contract: ContractVersion;
  private readonly connector: Connector;

  constructor(
    private readonly intake: string,
    private readonly agency: string,
    private readonly password: string,
  ) {
    const portal = contractOf('cong-dvc');
    this.contract = {
      ...portal,
      endpoint: {
        baseUrl: `${intake}/partners/${agency}`,
        login: { kind: 'session', username: agency, secret: 'PASSWORD' },
      },
      limits: { ...portal.limits, itemsPerRequest: 10 },
      settings: { ...portal.settings, filesUrl: `${intake}/v1/files/` },
    };
    const none = (): Promise<never> => Promise.reject(new Error('the portal publishes nothing'));
    this.connector = connectorFor('national-portal', {
      agency: 'cong-dvc',
      contract: this.contract,
      publish: none,
      append: none,
    });
  }

  /** The row that the portal would get of this event. */
  async item(event: OutgoingEvent): Promise<Members> {
    return (await this.batchItem(event)).prepared.item as Members;
  }

  async hashOf(event: OutgoingEvent): Promise<string> {
    return itemHash(await this.item(event));
  }

  /** A session that has ended is opened anew and the same sent again, as the hub's engine does it. */
  async send(event: OutgoingEvent, asUpdate = false): Promise<Reply> {
    const reply = await this.sendOnce(event, asUpdate);
    return reply.kind === 'session-expired' ? this.sendOnce(event, asUpdate) : reply;
  }

  async sendOnce(event: OutgoingEvent, asUpdate = false): Promise<Reply> {
    const { prepared } = await this.batchItem(event);
    return this.meant(await this.connector.send(prepared, event, this.context(asUpdate)), prepared.operation);
  }

  async sendSeveral(events: readonly OutgoingEvent[]): Promise<Reply> {
    const items = await Promise.all(events.map((event) => this.batchItem(event)));
    const once = async (): Promise<Reply> => {
      const several = await this.connector.sendSeveral!(items, this.context());
      if (several.kind !== 'whole') throw new Error('the portal tells no rows apart');
      return this.meant(several.answer, items[0]!.prepared.operation);
    };
    const reply = await once();
    return reply.kind === 'session-expired' ? once() : reply;
  }

  async lookUp(event: OutgoingEvent): Promise<LookUp['kind']> {
    const { prepared } = await this.batchItem(event);
    return (await this.connector.lookUp!(prepared, event, this.context())).kind;
  }

  /** What a province's system posts by hand. */
  async post(path: 'login' | 'integration' | 'share', body: Members, intake = this.intake): Promise<Members> {
    const response = await fetch(`${intake}/partners/${this.agency}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', dstcode: 'x' },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    return (await response.json()) as Members;
  }

  async logIn(intake?: string): Promise<string> {
    const { session } = await this.post('login', { username: this.agency, password: this.password }, intake);
    return String(session);
  }

  close(): Promise<void> {
    return this.connector.close();
  }

  private meant(answer: PartnerAnswer | Unmade, operation: string): Reply {
    if (answer.kind === 'unmade') throw new Error(answer.reason);
    return classifyReply(answer, operation, this.contract.replies);
  }

  private async batchItem(event: OutgoingEvent): Promise<BatchItem> {
    const noFile = (): Promise<Buffer> => Promise.reject(new Error('reads no file'));
    const mapped = await this.connector.prepare(event, this.contract, noFile);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return { prepared: mapped.prepared, event, key: event.eventId, asUpdate: false };
  }

  private context(asUpdate = false) {
    return { ...sending(this.contract, { asUpdate }), secret: () => this.password };
  }
}
