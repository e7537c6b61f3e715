export * from './health.js';
export * from './log.js';
export * from './secrets.js';
export * from './settings.js';
export * from './start.js';
