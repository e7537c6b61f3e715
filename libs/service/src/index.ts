export * from './health.js';
export * from './log.js';
export * from './operators/authenticate.hook.js';
export * from './operators/read-bodies.js';
export * from './operators/refuse.filter.js';
export * from './plain.js';
export * from './start.js';
