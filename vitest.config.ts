import { defineConfig } from 'vitest/config';

const suite = (
  name: string,
  options: {
    testTimeout: number;
    hookTimeout: number;
    parallel: boolean;
    pollTimeout?: number;
    retry?: number;
    setup?: string;
  },
) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout: options.testTimeout,
    hookTimeout: options.hookTimeout,
    retry: options.retry ?? 0,
    fileParallelism: options.parallel,
    ...(options.pollTimeout ? { expect: { poll: { timeout: options.pollTimeout } } } : {}),
    ...(options.setup ? { globalSetup: [options.setup] } : {}),
  },
});

export default defineConfig({
  // `vscode` exists in an extension host alone; what the client's pure parts use of it is stood in for.
  resolve: { alias: { vscode: new URL('./tests/unit/client/vscode-fake.ts', import.meta.url).pathname } },
  test: {
    pool: 'forks',
    setupFiles: ['tests/measure-children.ts'],
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['schemas/src/**/*.ts', 'server/src/**/*.ts', 'client/src/**/*.ts', 'webviews/src/**/*.ts'],
      reportsDirectory: 'coverage',
      // scripts/coverage.ts adds what other processes ran, and holds the sum to its bound.
      reporter: ['json'],
      reportOnFailure: true,
    },
    projects: [
      suite('unit', { testTimeout: 30_000, hookTimeout: 60_000, parallel: true }),
      suite('integration', { testTimeout: 90_000, hookTimeout: 240_000, parallel: true, retry: 1 }),
      suite('security', { testTimeout: 60_000, hookTimeout: 240_000, parallel: true }),
      // A window on a busy machine takes its time: what is waited for is an event, and the limit is for failures alone.
      // A window of a busy machine drops a click now and then.
      suite('e2e', { testTimeout: 180_000, hookTimeout: 300_000, parallel: false, pollTimeout: 30_000, retry: 2 }),
    ],
  },
});
