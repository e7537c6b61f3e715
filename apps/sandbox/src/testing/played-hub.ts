import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Members = Record<string, unknown>;

export interface Came {
  path: string;
  key: string | undefined;
  body: Members;
}

/** A hub that answers as it is told; by default it takes everything and numbers it per case. */
export class PlayedHub {
  readonly came: Came[] = [];
  answer: (came: Came, response: ServerResponse) => void = (came, response) => this.take(came, response);
  atOnce = 0;
  mostAtOnce = 0;
  private readonly sequences = new Map<string, number>();
  private server: Server | undefined;
  port = 0;

  async open(): Promise<void> {
    this.server = createServer((request, response) => void this.hear(request, response)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    await once(this.server as Server, 'close');
  }

  take({ path, key, body }: Came, response: ServerResponse): void {
    const code = path === '/v1/cases' ? String(body['code']) : decodeURIComponent(path.split('/')[3] ?? '');
    const sequence = (this.sequences.get(code) ?? 0) + 1;
    this.sequences.set(code, sequence);
    response
      .writeHead(202, { 'content-type': 'application/json' })
      .end(JSON.stringify({ eventId: `event-${key ?? ''}`, sequence }));
  }

  /** Keys in the order they came, of one case. */
  keysOf(code: string): (string | undefined)[] {
    return this.came
      .filter(({ path, body }) => body['code'] === code || path.includes(`/${code}/`))
      .map(({ key }) => key);
  }

  private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    response.once('close', () => (this.atOnce -= 1));
    const said = await text(request);
    if (request.method === 'PUT') {
      this.came.push({ path: request.url ?? '', key: undefined, body: { bytes: said } });
      response.writeHead(201).end();
      return;
    }
    const came: Came = {
      path: request.url ?? '',
      key: request.headers['idempotency-key'] as string,
      body: JSON.parse(said) as Members,
    };
    this.came.push(came);
    this.answer(came, response);
  }
}
