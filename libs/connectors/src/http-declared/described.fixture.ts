import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyReply } from '#domain';
import { parseAgencyFile, type ContractVersion } from '#wire';

import { holdingPdf, sending } from '../case.fixture.js';
import type { BatchItem, OutgoingEvent, PreparedItem, SendContext } from '../connector.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { DeclaredConnector } from './connector.js';

const folder = join(import.meta.dirname, '../../../../libs/connectors/src/http-declared');

/** A partner on a free port that a file of this folder describes, and the connector that the file makes. */
export class Described {
  private constructor(
    readonly partner: ScriptedPartner,
    readonly contract: ContractVersion,
    readonly connector: DeclaredConnector,
  ) {}

  static async by(file: string, changes: [string | RegExp, string][] = []): Promise<Described> {
    const partner = await startPartner(json({}));
    let text = readFileSync(join(folder, `${file}.fixture.yaml`), 'utf8');
    for (const [from, to] of changes) {
      const before = text;
      text = text.replace(from, to);
      if (text === before) throw new Error(`${String(from)} isn't in it`);
    }
    const contract = parseAgencyFile(text, { LIENTHONG_TEST_PORT: new URL(partner.url).port }).versions[0]!;
    return new Described(partner, contract, new DeclaredConnector(contract));
  }

  context(more: Partial<SendContext> = {}): SendContext {
    return sending(this.contract, { secret: (name) => `value-of-${name}`, file: holdingPdf, ...more });
  }

  async prepared(event: OutgoingEvent): Promise<PreparedItem> {
    const mapped = await this.connector.prepare(event, this.contract, holdingPdf);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return mapped.prepared;
  }

  async says(event: OutgoingEvent, more: Partial<SendContext> = {}) {
    return this.connector.send(await this.prepared(event), event, this.context(more));
  }

  async hears(event: OutgoingEvent, more: Partial<SendContext> = {}) {
    const item = await this.prepared(event);
    const said = await this.connector.send(item, event, this.context(more));
    if (said.kind === 'unmade') throw new Error(said.reason);
    return classifyReply(said, item.operation, this.contract.replies);
  }

  async hearsOf(events: readonly OutgoingEvent[]) {
    const items: BatchItem[] = [];
    for (const event of events)
      items.push({ prepared: await this.prepared(event), event, key: event.caseCode, asUpdate: false });
    const said = await this.connector.sendSeveral(items, this.context());
    if (said.kind === 'whole') return classifyReply(said.answer, items[0]!.prepared.operation, this.contract.replies);
    return said.answers.map((row, n) => row && classifyReply(row, items[n]!.prepared.operation, this.contract.replies));
  }

  async end(): Promise<void> {
    await this.connector.close(0);
    await this.partner.stop();
  }
}

export const xml =
  (text: string | Buffer, status = 200, type = 'text/xml; charset=utf-8'): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(text);
