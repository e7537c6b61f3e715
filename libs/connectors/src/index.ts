export * from './connector.js';
export * from './connector-for.js';
export { applicationOf, readCase, type FileAt, type ReadCase } from './national-portal/read-case.js';
export { readProgress } from './national-portal/read-progress.js';
export { portalFieldOf } from './national-portal/portal-fields.js';
export type { PortalFault } from './national-portal/portal-item.js';
