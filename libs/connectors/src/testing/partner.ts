import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface Arrived {
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  json: Record<string, unknown>;
}

export type Answer = (arrived: Arrived, response: ServerResponse, request: IncomingMessage) => void;

/** A partner on a free port that answers as a spec says, and remembers what arrived whole. */
export interface ScriptedPartner {
  url: string;
  arrived: Arrived[];
  connections: number;
  answers(answer: Answer): void;
  stop(): Promise<void>;
}

export async function startPartner(first: Answer): Promise<ScriptedPartner> {
  let answer = first;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const arrived: Arrived = { path: request.url ?? '', headers: request.headers, body, json: readObject(body) };
      partner.arrived.push(arrived);
      answer(arrived, response, request);
    });
  });
  server.on('connection', (socket) => {
    partner.connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const partner: ScriptedPartner = {
    url: '',
    arrived: [],
    connections: 0,
    answers: (next) => (answer = next),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  partner.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return partner;
}

export const json =
  (value: unknown, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));

function readObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
