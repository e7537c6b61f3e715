const patienceMs = 60_000;
const pauseMs = 250;

/** Asks a process of the run until it answers: one that was killed is started again. A 4xx is an error at once. */
export async function call<T>(
  url: string,
  ask: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; json?: unknown; lines?: string } = {},
): Promise<T> {
  const since = performance.now();
  for (;;) {
    const answer = await tryOnce(url, ask);
    if (answer.kind === 'done') return answer.body as T;
    if (answer.kind === 'refused' || performance.now() - since > patienceMs)
      throw new Error(`${url}: ${answer.because}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

type Answer = { kind: 'done'; body: unknown } | { kind: 'refused' | 'later'; because: string };

async function tryOnce(
  url: string,
  { method = 'GET', json, lines }: Parameters<typeof call>[1] & object,
): Promise<Answer> {
  const type = lines === undefined ? 'application/json' : 'application/x-ndjson';
  const body = lines ?? (json === undefined ? undefined : JSON.stringify(json));
  try {
    const response = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });
    const text = await response.text();
    if (response.ok) return { kind: 'done', body: text === '' ? undefined : JSON.parse(text) };
    const because = `HTTP ${response.status} ${text.slice(0, 500)}`;
    return { kind: response.status < 500 && response.status !== 429 ? 'refused' : 'later', because };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { kind: 'later', because: cause?.code ?? message };
  }
}
