export type Line = { number: number; bytes: Buffer } | { number: number; tooLong: true };

const NEWLINE = 0x0a;

/** Lines of a byte stream, as far as they have come; none is kept beyond `limit` bytes. Empty lines count, but aren't given. */
export async function* splitLines(source: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line> {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const line = (): Line | undefined => {
    const whole = length > limit ? undefined : parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
    parts = [];
    length = 0;
    if (!whole) return { number, tooLong: true };
    return isBlank(whole) ? undefined : { number, bytes: whole };
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > limit) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      const whole = line();
      if (whole) yield whole;
      number++;
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  const last = length > 0 ? line() : undefined;
  if (last) yield last;
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
