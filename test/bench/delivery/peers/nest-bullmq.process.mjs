/**
 * What the NestJS and BullMQ documentation lead to: the Kafka transport with @EventPattern, one BullMQ queue a partner,
 * 10 attempts with exponential back-off from 1 s, a worker with concurrency, undici for the POST. Not ordered by case.
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport } from '@nestjs/microservices';
import { Queue, Worker } from 'bullmq';
import { Pool } from 'undici';

const { KAFKA_BROKERS, TOPIC, GROUP, REDIS_URL, PARTNERS } = process.env;
const CONCURRENCY = 32;
const { hostname, port, username, password, pathname } = new URL(REDIS_URL);
const connection = {
  host: hostname,
  port: Number(port || 6379),
  db: Number(pathname.slice(1) || 0),
  ...(username ? { username: decodeURIComponent(username) } : {}),
  ...(password ? { password: decodeURIComponent(password) } : {}),
};
const urls = PARTNERS.split(',').map((url) => new URL(url));
const queues = urls.map((_, i) => new Queue(`partner-${i + 1}`, { connection, prefix: GROUP }));
const policy = { attempts: 10, backoff: { type: 'exponential', delay: 1_000 } };

class EventsController {
  async onEvent(event) {
    await Promise.all(queues.map((queue) => queue.add('deliver', event, policy)));
  }
}
// This file isn't compiled, so its decorators are called as functions.
const method = Object.getOwnPropertyDescriptor(EventsController.prototype, 'onEvent');
Payload()(EventsController.prototype, 'onEvent', 0);
EventPattern(TOPIC)(EventsController.prototype, 'onEvent', method);
Controller()(EventsController);

class AppModule {}
Module({ controllers: [EventsController] })(AppModule);

for (const [i, url] of urls.entries()) {
  const pool = new Pool(url.origin, { connections: CONCURRENCY });
  const deliver = async (job) => {
    const answer = await pool.request({
      path: url.pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(job.data),
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`partner answered ${answer.statusCode}`);
  };
  new Worker(`partner-${i + 1}`, deliver, { connection, prefix: GROUP, concurrency: CONCURRENCY });
}

const app = await NestFactory.createMicroservice(AppModule, {
  transport: Transport.KAFKA,
  logger: ['error', 'warn'],
  options: {
    client: { clientId: 'nest-bullmq', brokers: KAFKA_BROKERS.split(','), logLevel: 1 },
    consumer: { groupId: GROUP },
    subscribe: { fromBeginning: true },
  },
});
await app.listen();
