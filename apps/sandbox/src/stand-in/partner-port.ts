import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

/** A port that can really refuse: closed, it turns new connections away and drops those it had; opened again, it has the same number. */
export class PartnerPort {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private wanted = true;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    app: FastifyInstance,
    private readonly host: string,
    private port: number,
  ) {
    this.server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 120_000 }, (request, response) =>
      app.routing(request, response),
    );
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  get number(): number {
    return this.port;
  }

  /** Open connections that a close now would cut. */
  get connections(): number {
    return this.sockets.size;
  }

  open(): Promise<void> {
    this.wanted = true;
    return this.inTurn(() => this.listen());
  }

  close(): Promise<void> {
    this.wanted = false;
    for (const socket of this.sockets) socket.destroy();
    return this.inTurn(() => this.stop());
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const next = this.turn.then(step);
    this.turn = next.catch(() => undefined);
    return next;
  }

  private async listen(): Promise<void> {
    if (!this.wanted || this.server.listening) return;
    this.server.listen(this.port, this.host);
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private async stop(): Promise<void> {
    if (this.wanted || !this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
