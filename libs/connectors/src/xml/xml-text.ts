/** As bytes say (a mark at their start), else the header, else the document itself, else UTF-8. Undefined: they don't fit. */
export function xmlText(bytes: Uint8Array, contentType: string): string | undefined {
  const charset =
    marked(bytes) ?? /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1] ?? declared(bytes) ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function marked([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}

const declared = (bytes: Uint8Array): string | undefined =>
  /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )?.[1];
