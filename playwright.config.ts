import { defineConfig } from '@playwright/test';

/** The same specs in the browser and in the desktop application; what only one of them has says so in its name. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  globalSetup: './tests/e2e/runner/plant-template.ts',
  // One control room a worker, and one at a time on a small machine.
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env['CI'],
  // A busy machine may be late once; what fails twice fails, and the summary counts the second tries.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  projects: [
    { name: 'chromium', testMatch: 'specs/*.spec.ts' },
    { name: 'electron', testMatch: ['specs/*.spec.ts', 'electron-*.spec.ts'] },
  ],
});
