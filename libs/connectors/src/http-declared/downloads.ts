import type { PartnerAnswer } from '#domain';

import type { AnswerWithBytes } from '../http/exchange.js';
import type { Downloaded, Scope } from '../mapping/scope.js';
import type { Asker, AskContext } from './ask.js';
import type { Operations } from './operations.js';
import { scopeOf } from './read-answers.js';

/** Of one answer: all of it is in memory until it is entered. */
const MOST_FILES = 200;
const MOST_BYTES = 256 * 1024 * 1024;

/** Gets the files that one answer tells of: by their addresses below the partner's own, or by an operation. */
export function downloadsOf(asker: Asker, operations: Operations, context: AskContext): NonNullable<Scope['download']> {
  let left = MOST_FILES;
  let bytes = 0;
  const counted = (found: Downloaded): Downloaded => {
    if (found.kind === 'bytes') bytes += found.bytes.length;
    return found;
  };
  return async (value, by) => {
    if (left-- <= 0 || bytes > MOST_BYTES) return { kind: 'fault', fault: 'one answer leads to too many files' };
    if (by === undefined) {
      const answer = await asker.download(value, context);
      return answer === 'elsewhere'
        ? { kind: 'fault', fault: 'the file’s address isn’t below the partner’s own' }
        : counted(bytesOf(answer));
    }
    const operation = operations.named(by, 'download.by');
    const scope = scopeOf({ root: { file: value }, code: '' });
    return counted(bytesOf(await asker.ask(operation, scope, context, [], undefined, true)));
  };
}

function bytesOf(answer: PartnerAnswer): Downloaded {
  if (answer.kind !== 'answered') return { kind: 'fault', fault: `the file didn’t come: ${answer.reason}` };
  const { bytes } = answer as AnswerWithBytes;
  const mediaType = answer.contentType.split(';')[0]!.trim().toLowerCase();
  if (!bytes || /^(?:text\/html|application\/xhtml)/.test(mediaType))
    return { kind: 'fault', fault: `the file didn’t come: HTTP ${answer.status}` };
  return { kind: 'bytes', bytes, mediaType: mediaType || 'application/octet-stream' };
}
