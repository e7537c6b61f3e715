import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { daysFromNow, SandboxAuthority, type Identity } from './certificate.js';
import type { Fault } from './faults.js';

type Wrong = Fault['certificate'];

/** Speaks TLS on the connections that it is given, under a certificate that is in order or, on request, isn't. */
export class TlsSide {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private showing: Wrong;

  constructor(
    private readonly authority: SandboxAuthority,
    route: (request: IncomingMessage, response: ServerResponse) => void,
    private readonly onHandshake: () => void,
  ) {
    this.server = createServer({ ...this.identity(undefined), keepAliveTimeout: 60_000 }, route);
    this.server.on('tlsClientError', () => undefined);
  }

  /** The same bytes that were read to see that it is TLS have been put back before. */
  take(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.showing) this.onHandshake();
    this.server.emit('connection', socket);
  }

  /** From now on; connections made under another certificate are dropped. */
  show(wrong: Wrong): void {
    if (wrong === this.showing) return;
    this.showing = wrong;
    this.server.setSecureContext(this.identity(wrong));
    for (const socket of this.sockets) socket.destroy();
  }

  private identity(wrong: Wrong): Identity {
    const here = ['localhost', '127.0.0.1'];
    switch (wrong) {
      case 'expired':
        return this.authority.issue(here, { from: daysFromNow(-366), until: daysFromNow(-1) });
      case 'other-host':
        return this.authority.issue(['khac.example.invalid']);
      case 'unknown-authority':
        return SandboxAuthority.fresh().issue(here);
      default:
        return this.authority.issue(here);
    }
  }
}
