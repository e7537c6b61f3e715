import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stdout. Callers log ids and codes, never bodies; known secret members are masked in any case. */
export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        'authKey',
        '*.authKey',
        'password',
        '*.password',
        'session',
        '*.session',
      ],
      censor: '***',
    },
  });
}

/** Nest's own lines go through the same log, one level quieter. */
export function nestLogger(log: Log): LoggerService {
  const say =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]): void =>
      log[level]({ context: rest.at(-1) }, message instanceof Error ? nameOf(message) : String(message));
  return {
    log: say('debug'),
    debug: say('debug'),
    verbose: say('debug'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('error'),
  };
}

/** Class, code and place of an error. Its message is left out: a database's may quote a value. */
export function nameOf(error: Error): string {
  const code = (error as { code?: unknown }).code;
  const place = error.stack
    ?.split('\n')
    .find((line) => line.includes('/dist/'))
    ?.trim();
  return [error.name, typeof code === 'string' ? code : '', place ?? ''].filter(Boolean).join(' ');
}
