export * from './connector.js';
export * from './connector-for.js';
export * from './check-agency.js';
export * from './sample-event.js';
export * from './try-item.js';
export { applicationOf, readCase, type FileAt, type ReadCase } from './national-portal/read-case.js';
export { readProgress } from './national-portal/read-progress.js';
export { portalFieldOf } from './national-portal/portal-fields.js';
export type { PortalFault } from './national-portal/portal-item.js';
