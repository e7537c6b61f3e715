/** What a program needs that is no process: without Nest, it is there in a fifth of the time. */
export * from './secrets.js';
export * from './settings.js';
