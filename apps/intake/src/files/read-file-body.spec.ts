import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readFileBody } from './read-file-body.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('a file’s bytes', () => {
  it('are kept as they came under their hash', async () => {
    expect(await readFileBody(chunks('%PDF', '-1'), sha256('%PDF-1'))).toEqual({
      kind: 'file',
      bytes: Buffer.from('%PDF-1'),
    });
    expect(await readFileBody(chunks(), sha256(''))).toEqual({ kind: 'file', bytes: Buffer.alloc(0) });
  });

  it('are refused under another hash, and beyond the bound', async () => {
    expect(await readFileBody(chunks('a'), sha256('b'))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong-file-hash' },
    });
    expect(await readFileBody(chunks('aaa', 'aaa'), sha256('aaaaaa'), 5)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'too-large' },
    });
  });
});
