import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

import type { SandboxAuthority } from './certificate.js';
import type { Faults } from './faults.js';
import { TlsSide } from './tls-side.js';

/** The first byte of a TLS handshake; no HTTP request begins so. */
const handshake = 0x16;

/**
 * A port that can really refuse: closed, it turns new connections away and drops those it had; opened again, it has the
 * same number. It speaks HTTP and, to those who begin so, TLS.
 */
export class PartnerPort {
  private readonly server: Server;
  private readonly tls: TlsSide;
  private readonly sockets = new Set<Socket>();
  private wanted = true;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    app: FastifyInstance,
    authority: SandboxAuthority,
    private readonly faults: Faults,
    private readonly host: string,
    private port: number,
  ) {
    const http = createHttpServer({ keepAliveTimeout: 60_000, requestTimeout: 120_000 }, (request, response) =>
      app.routing(request, response),
    );
    this.tls = new TlsSide(
      authority,
      (request, response) => app.routing(request, response),
      () => faults.handshake(),
    );
    this.server = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
      socket.once('data', (first) => {
        socket.pause();
        socket.unshift(first);
        if (first[0] === handshake) return this.tls.take(socket);
        http.emit('connection', socket);
        socket.resume();
      });
    });
  }

  get number(): number {
    return this.port;
  }

  /** Does what the faults in force ask of a port. */
  obey(): Promise<void> {
    this.tls.show(this.faults.certificate);
    if (!this.faults.down) return this.open();
    if (this.wanted) this.faults.cutOff(this.sockets.size);
    return this.close();
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
