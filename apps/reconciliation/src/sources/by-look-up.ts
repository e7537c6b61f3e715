import type { Connector, DeclaredLines, RowReader } from '#connectors';
import type { OurCase } from '#ledger';
import { lineHash, normalFields, type Compared, type ContractVersion, type Line, type Range, type ReconcileLines } from '#wire'; // prettier-ignore
import { SourceRefused, type LineSource, type TakeLines } from '../lines/line-source.js';
import type { OurCases } from './our-cases.js';
import { Pace } from './pace.js';
import { refused } from './refusals.js';

type LookUpWay = Extract<ReconcileLines, { by: 'look-up' }>;
export interface LookUpParts {
  contract: ContractVersion;
  way: LookUpWay;
  asks: { asks: DeclaredLines; reader: RowReader } | Connector;
  secret: (name: string) => string;
  ourCases: OurCases;
}

/** Each case of ours is asked for alone: what only the partner has stays unseen. */
export class ByLookUp implements LineSource {
  readonly coverage = 'ours only';
  exchanged = 0;
  private readonly pace: Pace;

  constructor(private readonly parts: LookUpParts) {
    this.pace = new Pace(parts.contract);
  }

  async lines(range: Range, take: TakeLines, signal: AbortSignal): Promise<void> {
    for await (const batch of this.parts.ourCases(range)) {
      const lines: Line[] = [];
      await this.pace.each(batch, async (one) => {
        lines.push(...(await this.linesOf(one, signal)));
      });
      if (lines.length > 0) await take(lines);
    }
  }

  async close(): Promise<void> {
    const { asks } = this.parts;
    await ('asks' in asks ? asks.asks.close() : asks.close());
  }

  private async linesOf(one: OurCase, signal: AbortSignal): Promise<Line[]> {
    const { asks, contract, secret } = this.parts;
    const context = { contract, timeoutMs: this.pace.timeoutMs, secret };
    const { key, province, receivedOn } = one;
    if (!('asks' in asks)) {
      const shown = await this.pace.asked(() => asks.showCase!(key, { province }, context), key, signal);
      return shown.kind === 'absent' ? [] : [this.shown(one, shown.fields)];
    }
    const answer = await this.pace.asked(() => asks.asks.case(key, context), key, signal);
    this.exchanged += answer.bytes;
    if (answer.kind === 'absent') return [];
    return answer.rows.map((row) => {
      const read = asks.reader.read(row, { received: receivedOn });
      if (read.kind === 'faulty') throw new SourceRefused(read.rule, `${key}: ${read.vi}`, `${key}: ${read.en}`);
      if (read.line.key !== key) throw refused('not-asked', { at: key });
      return read.line;
    });
  }

  private shown({ key, receivedOn }: OurCase, said: Compared): Line {
    const { compares } = this.parts.way;
    const read = normalFields(said, compares);
    if (read.kind === 'faulty') throw refused('not-a-line', { at: read.field });
    return { key, receivedOn, hash: lineHash(key, read.fields, compares), fields: read.fields };
  }
}
