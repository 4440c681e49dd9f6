import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{packages,connectors,simulators,apps}/*/test/**/*.test.{ts,tsx}',
      'flows/test/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'tests/bench/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What terminal output says is compared without colours, also where CI turns them on.
    env: { NO_COLOR: '1' },
    globalSetup: ['packages/journal/test/support/database-server.ts'],
  },
});
