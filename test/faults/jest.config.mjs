import { project } from '../../jest.config.mjs';

/** Fault runs: too long for `npm test`. `npm test -- --config=test/faults/jest.config.mjs kafka` runs those of Kafka. */
export default {
  ...project('faults', ['<rootDir>/test/faults']),
  rootDir: '../..',
  testMatch: ['**/*.faults.ts'],
  maxWorkers: 1,
};
