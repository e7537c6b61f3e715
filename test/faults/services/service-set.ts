import { join } from 'node:path';
import { kafkaNode } from '../../../deploy/local/kafka.mjs';
import { folderAt } from '../../../deploy/local/place.mjs';
import { freePort } from '../../../deploy/local/ports.mjs';
import { postgres as postgresKind } from '../../../deploy/local/postgres.mjs';
import { stopLeftBehind } from '../../../deploy/local/processes.mjs';
import { Proxy } from '../../journeys/proxy.js';
import type { Services } from '../hub/hub.js';
import { freeAddress, prepareInstance, type Instance } from './instance.js';
import { startRedis, type RedisOfARun } from './redis.js';

/** PostgreSQL, Redis and Kafka, one of each, that a fault may kill; reached directly, or through wires that it may cut. */
export interface ServiceSet {
  direct: Services;
  throughWires: Services;
  wires: { postgres: Proxy; redis: Proxy; kafka: Proxy };
  postgres: Instance<unknown>;
  redis: RedisOfARun;
  kafka: Instance<unknown>;
  stop(): Promise<void>;
}

export async function startServices(folder: string): Promise<ServiceSet> {
  await stopLeftBehind(folderAt(folder), [['SIGQUIT', 5_000]]);
  const [postgres, redis, broker] = await Promise.all([
    startPostgres(folder),
    startRedis(join(folder, 'redis')),
    startBroker(folder),
  ]);
  const database = new URL(postgres.url);
  const cache = new URL(redis.url);
  const wires = {
    postgres: await Proxy.to('127.0.0.1', Number(database.port)),
    redis: await Proxy.to('127.0.0.1', Number(cache.port)),
    kafka: broker.wire,
  };
  database.port = String(wires.postgres.port);
  cache.port = String(wires.redis.port);
  return {
    direct: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, KAFKA_BROKERS: broker.kafka.url },
    throughWires: {
      DATABASE_URL: database.href,
      REDIS_URL: cache.href,
      KAFKA_BROKERS: `127.0.0.1:${broker.wire.port}`,
    },
    wires,
    postgres,
    redis,
    kafka: broker.kafka,
    async stop() {
      await Promise.all(Object.values(wires).map((wire) => wire.close()));
      await Promise.all([postgres.remove(), redis.stop(), broker.kafka.remove()]);
    },
  };
}

async function startPostgres(folder: string): Promise<Instance<unknown>> {
  const postgres = await prepareInstance(postgresKind, { folder, name: 'postgres' });
  await postgres.start();
  return postgres;
}

/** A broker tells its clients where to go on: whoever came by the wire is told to stay on it. */
async function startBroker(folder: string): Promise<{ kafka: Instance<unknown>; wire: Proxy }> {
  const address = await freeAddress();
  const behind = await freePort();
  const wire = await Proxy.to('127.0.0.1', behind);
  const [own, controller] = [`PLAINTEXT://127.0.0.1:${address.port}`, `CONTROLLER://127.0.0.1:${address.secondPort}`];
  const more = {
    listeners: `${own},WIRE://127.0.0.1:${behind},${controller}`,
    'advertised.listeners': `${own},WIRE://127.0.0.1:${wire.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,WIRE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
  };
  const kafka = await prepareInstance(kafkaNode({ more }), { folder, name: 'kafka', address });
  await kafka.start();
  return { kafka, wire };
}
