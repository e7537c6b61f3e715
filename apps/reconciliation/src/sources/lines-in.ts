import { StringDecoder } from 'node:string_decoder';

export class LineTooLong extends Error {}

/** Texts between line feeds, as many at once as a chunk brought. */
export async function* linesIn(
  chunks: AsyncIterable<Buffer | string>,
  { longest }: { longest: number },
): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const texts = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > longest) throw new LineTooLong();
    const said = texts.filter((text) => text !== '');
    if (said.length > 0) yield said;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}
