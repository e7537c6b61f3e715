export * from './connector.js';
export * from './connector-for.js';
export * from './check-agency.js';
export * from './sample-event.js';
export * from './try-item.js';
