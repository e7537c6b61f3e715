import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_FILE_BYTES } from './read-file-body.js';
import { fileWithin } from './within-a-message.js';

describe('a file in base64', () => {
  it('comes out byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200_000 }), (content) => {
        const bytes = Buffer.from(content);
        expect(fileWithin('a.pdf', bytes.toString('base64'))?.bytes.equals(bytes)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    '',
    'x',
    'QQ',
    'QQ=',
    'Q===',
    'QQ==QQ==',
    'QQ= =',
    'QQ==\n',
    'đơn!',
    `${'A'.repeat(65_532)}QQ==${'A'.repeat(8)}`,
  ])('is none: %#', (text) => {
    expect(fileWithin('a.pdf', text)).toBeUndefined();
  });

  it('is none where it is larger than a file may be', () => {
    const most = Buffer.alloc(MAX_FILE_BYTES).toString('base64');
    expect(fileWithin('a.bin', most)?.reference.size).toBe(MAX_FILE_BYTES);
    expect(fileWithin('a.bin', Buffer.alloc(MAX_FILE_BYTES + 1).toString('base64'))).toBeUndefined();
  });

  it('has the media type that its name says', () => {
    expect(fileWithin('Đơn.PDF', 'QQ==')?.reference.mediaType).toBe('application/pdf');
    expect(fileWithin('a', 'QQ==')?.reference.mediaType).toBe('application/octet-stream');
  });
});
