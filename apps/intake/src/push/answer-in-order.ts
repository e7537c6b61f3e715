/** Read ahead of the oldest answer that is still missing. */
const MAX_OPEN = 512;
const MAX_OPEN_BYTES = 4 * 1_048_576;
const MAX_TEXT = 65_536;

interface Open {
  bytes: number;
  text: string | undefined;
  done: Promise<void>;
}

/**
 * Answers of questions that are worked on side by side, in the order of the questions and each as soon as it is its turn.
 * Reads no further while too many are open or while nobody takes the answers: memory stays bounded by both ends.
 */
export async function* answerInOrder<Q>(
  questions: AsyncIterable<Q>,
  sizeOf: (question: Q) => number,
  answer: (question: Q) => Promise<string>,
): AsyncGenerator<string> {
  const open: Open[] = [];
  let bytes = 0;
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wakeReader: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;
  let isAbandoned = false;

  const read = async (): Promise<void> => {
    for await (const question of questions) {
      const entry: Open = { bytes: sizeOf(question), text: undefined, done: Promise.resolve() };
      entry.done = answer(question).then((text) => void (entry.text = text));
      // Whoever awaits it later still gets the rejection.
      entry.done.catch(() => undefined);
      open.push(entry);
      bytes += entry.bytes;
      wakeWriter?.();
      while (!isAbandoned && (open.length >= MAX_OPEN || bytes >= MAX_OPEN_BYTES))
        await new Promise<void>((resolve) => (wakeReader = resolve));
      if (isAbandoned) return;
    }
  };
  const reading = read()
    .catch((error: unknown) => void (failure = { error }))
    .finally(() => {
      ended = true;
      wakeWriter?.();
    });

  try {
    for (;;) {
      while (open.length === 0 && !ended) await new Promise<void>((resolve) => (wakeWriter = resolve));
      if (open.length === 0) break;
      await open[0]!.done;
      let text = '';
      while (open[0]?.text !== undefined && text.length < MAX_TEXT) {
        const next = open.shift()!;
        bytes -= next.bytes;
        text += next.text;
      }
      wakeReader?.();
      yield text;
    }
    await reading;
    if (failure) throw failure.error;
  } finally {
    isAbandoned = true;
    wakeReader?.();
  }
}
