import 'reflect-metadata';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { addHealth, type Check } from './health.js';
import { nestLogger, type Log } from './log.js';

export interface Service {
  module: Type<unknown> | DynamicModule;
  log: Log;
  host: string;
  port: number;
  checks: readonly Check[];
  /** Largest request body in bytes. */
  bodyLimit?: number;
  /** What answers before any route or filter is reached: a broken URL, a broken request line. */
  beforeRouting?: Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'>;
  /** Before listening: content types, filters, documentation, microservices. */
  prepare?(app: NestFastifyApplication, fastify: FastifyInstance): Promise<void> | void;
  /** After Nest has closed everything: what Nest doesn't own. */
  close?(): Promise<void>;
}

const STOP_BOUND_MS = 15_000;

/** Starts a process of ours: HTTP with health, an ordered end on SIGTERM, SIGINT or the supervisor's death. */
export async function startService(service: Service): Promise<NestFastifyApplication> {
  const { log } = service;
  const adapter = new FastifyAdapter({
    bodyLimit: service.bodyLimit ?? 1_048_576,
    forceCloseConnections: true,
    ...service.beforeRouting,
  });
  const app = await NestFactory.create<NestFastifyApplication>(service.module, adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  addHealth(fastify, service.checks);
  await service.prepare?.(app, fastify);
  await app.startAllMicroservices();
  await app.listen(service.port, service.host);
  stopWhenTold(app, service);
  const address = fastify.server.address();
  log.info({ port: typeof address === 'object' ? address?.port : service.port }, 'ready');
  return app;
}

function stopWhenTold(app: NestFastifyApplication, service: Service): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    service.log.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), STOP_BOUND_MS).unref();
    void app
      .close()
      .then(() => service.close?.())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        service.log.error({ error: String(error) }, 'did not stop in order');
        process.exit(1);
      });
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // Under `npm start` the supervisor's end closes this channel, also when it was killed.
  if (process.env.LIENTHONG_SUPERVISED === '1') process.once('disconnect', () => stop('the supervisor is gone'));
}
