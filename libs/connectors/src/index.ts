export * from './connector.js';
export * from './connector-for.js';
