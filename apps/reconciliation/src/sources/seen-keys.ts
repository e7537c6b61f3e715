import { hash } from 'node:crypto';

export type Seen = 'new' | 'again-here' | 'again-elsewhere' | 'changed';

/** Keys of a list while it is read: 16 bytes each, so that a million of them cost little. Told apart by 64 bits of their hash. */
export class SeenKeys {
  private high = new Uint32Array(1 << 12);
  private low = new Uint32Array(1 << 12);
  private line = new Uint32Array(1 << 12);
  /** 0: free. */
  private page = new Uint32Array(1 << 12);
  size = 0;

  /** `page`: from 1; where the key is seen. `lineHash`: lower-case hex. */
  see(key: string, lineHash: string, page: number): Seen {
    if (this.size * 2 > this.page.length) this.grow();
    const digest = hash('sha256', key, 'buffer');
    const [high, low, line] = [
      digest.readUInt32LE(0),
      digest.readUInt32LE(4),
      Number.parseInt(lineHash.slice(0, 8), 16),
    ];
    const at = this.placeOf(high, low);
    const before = this.page[at]!;
    if (before === 0) {
      this.put(at, high, low, line, page);
      this.size += 1;
      return 'new';
    }
    if (this.line[at] !== line) return 'changed';
    if (before === page) return 'again-here';
    this.page[at] = page;
    return 'again-elsewhere';
  }

  private put(at: number, high: number, low: number, line: number, page: number): void {
    this.high[at] = high;
    this.low[at] = low;
    this.line[at] = line;
    this.page[at] = page;
  }

  private placeOf(high: number, low: number): number {
    const mask = this.page.length - 1;
    let at = low & mask;
    while (this.page[at] !== 0 && (this.high[at] !== high || this.low[at] !== low)) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { high, low, line, page } = this;
    const room = page.length * 2;
    [this.high, this.low, this.line, this.page] = [0, 0, 0, 0].map(() => new Uint32Array(room)) as [
      Uint32Array<ArrayBuffer>,
      Uint32Array<ArrayBuffer>,
      Uint32Array<ArrayBuffer>,
      Uint32Array<ArrayBuffer>,
    ];
    for (let i = 0; i < page.length; i++)
      if (page[i] !== 0) this.put(this.placeOf(high[i]!, low[i]!), high[i]!, low[i]!, line[i]!, page[i]!);
  }
}
