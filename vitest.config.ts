import { defineConfig } from 'vitest/config';

/**
 * `unit`: rules and rooms by themselves. `integration`: real PostgreSQL, ptys, sockets, OPC-UA.
 * Both stand beside their source; what spans rooms is in tests/.
 */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{domain,main,native,electron,preload,renderer,scripts,tests/bench}/**/*.test.ts{,x}'],
          exclude: ['**/*.integration.test.ts'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'integration',
          include: [
            '{main,native,tests}/**/*.integration.test.ts',
            'tests/{contract,faults,architecture}/**/*.test.ts',
          ],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          globalSetup: ['tests/support/global-postgres.ts'],
        },
      },
    ],
  },
});
