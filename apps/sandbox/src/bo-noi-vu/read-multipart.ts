export interface Part {
  name: string;
  filename: string | undefined;
  bytes: Buffer;
}

/** The parts of a multipart/form-data body (RFC 7578); undefined where it isn't one. */
export function readMultipart(contentType: string, body: Buffer): Part[] | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const line = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  for (let at = body.indexOf(line); at >= 0;) {
    const from = at + line.length;
    if (body.toString('latin1', from, from + 2) === '--') return parts;
    const end = body.indexOf(Buffer.from(`\r\n--${boundary}`), from);
    const head = body.indexOf('\r\n\r\n', from);
    if (end < 0 || head < 0 || head > end) return undefined;
    const disposition = /^content-disposition:(.*)$/im.exec(body.toString('utf8', from, head))?.[1] ?? '';
    const member = (name: string): string | undefined =>
      new RegExp(`;\\s*${name}="([^"]*)"`, 'i').exec(disposition)?.[1];
    parts.push({ name: member('name') ?? '', filename: member('filename'), bytes: body.subarray(head + 4, end) });
    at = end + 2;
  }
  return undefined;
}
