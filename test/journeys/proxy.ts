import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A wire that a test can cut or hold: connections through it go on, stand still, or break. */
export class Proxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  private cutting = false;

  private constructor(
    private readonly server: Server,
    private target: { host: string; port: number },
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async to(host: string, port: number): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, { host, port });
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Breaks every connection and refuses new ones until `mend`. */
  cut(): void {
    this.cutting = true;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  mend(): void {
    this.cutting = false;
  }

  /** New connections lead there; those that are open stay where they are until `cut`. */
  turnTo(host: string, port: number): void {
    this.target = { host, port };
  }

  /** Nothing passes any more, but nobody is told. */
  hold(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  release(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.cutting) {
      client.destroy();
      return;
    }
    const server = createConnection({ ...this.target, noDelay: true });
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => client.write(bytes));
    for (const socket of pair) socket.on('error', end).on('close', end);
  }
}
