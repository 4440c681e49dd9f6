// Who may import whom. tests/boundaries proves that each rule catches what it names, and
// scripts/check-boundaries.mjs that every source file was looked at.

/** Everything of ours except the named folders, as a pattern of resolved paths. */
const ours = '^(packages|connectors|flows|apps|simulators|tests)/';

function onlyImports(name, from, allowed, comment) {
  return { name, severity: 'error', comment, from: { path: from }, to: { path: ours, pathNot: allowed } };
}

module.exports = {
  forbidden: [
    onlyImports('canonical-stands-alone', '^packages/canonical/src/', '^packages/canonical/', 'It imports nothing of ours.'),
    onlyImports('messaging-stands-alone', '^packages/messaging/src/', '^packages/messaging/', 'It imports nothing of ours.'),
    onlyImports('journal-on-messaging', '^packages/journal/src/', '^packages/(journal|messaging)/', 'It implements messaging ports.'),
    onlyImports('gateway-on-messaging', '^packages/gateway/src/', '^packages/(gateway|messaging)/', 'It hands messages to ports.'),
    onlyImports(
      'connector-on-core',
      '^connectors/([^/]+)/src/',
      '^(connectors/$1|packages/(canonical|messaging))/',
      'A connector knows the canonical objects and the ports, never another connector or a flow.',
    ),
    onlyImports('flows-on-core', '^flows/src/', '^(flows|packages/(canonical|messaging))/', 'A flow knows no connector.'),
    onlyImports('console-on-http', '^apps/console/', '^apps/console/', 'The console knows only the HTTP contract.'),
    onlyImports('simulator-stands-alone', '^simulators/([^/]+)/', '^simulators/$1/', 'It would share our mistakes.'),
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'canonical, messaging and flows have no I/O, no clock, no database.',
      from: { path: '^(packages/(canonical|messaging)|flows)/src/' },
      to: {
        path: [
          '^(node:)?(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|cluster|timers|os|process|readline)(/|$)',
          'node_modules/(pg|kysely|undici|fastify|pino|jsforce)/',
        ],
      },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Modules that need each other are one module, or one of them holds a piece that belongs elsewhere.',
      // The simulated ORM is recursive by nature: a record's one2many commands write records.
      from: { pathNot: '^simulators/odoo/src/orm/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      comment: 'Test support stays with the tests; conformance suites are product that tests run.',
      from: { path: '/src/', pathNot: '/src/conformance/' },
      to: {
        path: ['^(?!node_modules).*(^|/)tests?/', 'node_modules/(vitest|@vitest|@fast-check|fast-check|playwright-core)/'],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The module is not there, or its package is not in this workspace\'s package.json.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
