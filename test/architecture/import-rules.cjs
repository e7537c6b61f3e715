/** The import rules of the house (docs/architecture.md), read by dependency-cruiser. */
const ours = (...folders) => `^(${folders.join('|')})/`;
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: ours('apps', 'libs'), pathNot: ours(...allowed) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('wire-imports-nothing-of-ours', '^libs/wire/', ['libs/wire']),
    only('domain-imports-nothing-of-ours', '^libs/domain/', ['libs/domain']),
    only('ledger-imports-domain-and-wire', '^libs/ledger/', ['libs/ledger', 'libs/domain', 'libs/wire']),
    only('messaging-imports-wire-and-ledger', '^libs/messaging/', ['libs/messaging', 'libs/wire', 'libs/ledger']),
    only('connectors-import-wire-and-domain', '^libs/connectors/', ['libs/connectors', 'libs/wire', 'libs/domain']),
    only('agency-imports-all-but-messaging', '^libs/agency/', [
      'libs/agency',
      'libs/wire',
      'libs/domain',
      'libs/ledger',
      'libs/connectors',
    ]),
    only('service-imports-wire', '^libs/service/', ['libs/service', 'libs/wire']),
    {
      name: 'no-app-imports-an-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'stand-ins-know-no-connector',
      comment: 'A stand-in written with the connector would share its mistakes.',
      severity: 'error',
      from: { path: '^apps/sandbox/', pathNot: '^apps/sandbox/src/(year|main-job)' },
      to: { path: '^libs/(connectors|ledger|messaging|domain)/' },
    },
    {
      name: 'kafkajs-and-bullmq-stop-in-messaging',
      severity: 'error',
      from: { path: ours('apps', 'libs'), pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/(kafkajs|bullmq|ioredis)/' },
    },
    {
      name: 'the-command-line-loads-no-nest',
      comment: 'It would take three times as long to answer: #service/plain and #messaging/plain have what it needs.',
      severity: 'error',
      from: { path: '^apps/cli/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: { path: '^libs/(service|messaging)/src/index\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'libraries-are-entered-by-their-index',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/((index|plain)\\.ts$|testing/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      mainFields: ['main', 'types'],
    },
    exclude: { path: '\\.spec\\.ts$|^dist/' },
  },
};
