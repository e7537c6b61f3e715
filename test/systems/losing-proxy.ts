import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const hopByHop = ['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'];

/** A way to somebody, on which an answer gets lost when asked: the request arrives, is worked and booked there. */
export class LosingProxy {
  private left = 0;
  private path = /./;
  /** Answers that got lost since the last `lose`. */
  lost = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on('request', (request, response) => {
      this.pass(request, response).catch(() => request.socket.destroy());
    });
  }

  static async to(target: string): Promise<LosingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LosingProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The answers to the next n requests whose path fits. */
  lose(n: number, path = /./): void {
    Object.assign(this, { left: n, path, lost: 0 });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(([name]) => !hopByHop.includes(name)) as [string, string][];
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(`${this.target}${request.url}`, { method: request.method!, headers, ...body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (this.left > 0 && this.path.test(request.url!)) {
      this.left -= 1;
      this.lost += 1;
      return void request.socket.destroy();
    }
    const type = answer.headers.get('content-type');
    response.writeHead(answer.status, type === null ? {} : { 'content-type': type }).end(bytes);
  }
}
