/** Unit and property tests beside the code; journeys against real services, started by deploy/local/test.mjs. */
export const project = (displayName, roots, more = {}) => ({
  displayName,
  roots,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  ...more,
});

export default {
  // Most of a journey is waiting for other processes: a worker for each of two cores would leave them idle.
  maxWorkers: 3,
  testTimeout: 300_000,
  projects: [
    project('rules', [
      '<rootDir>/libs',
      '<rootDir>/apps',
      '<rootDir>/test/architecture',
      '<rootDir>/test/bench',
      '<rootDir>/test/faults',
      '<rootDir>/test/figures',
      '<rootDir>/test/simulation',
    ]),
    project('journeys', ['<rootDir>/test/journeys', '<rootDir>/test/systems']),
  ],
};
