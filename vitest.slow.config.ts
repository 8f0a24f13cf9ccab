import { defineConfig } from 'vitest/config';

// Suites that take minutes: kill torture, memory at 100,000 conversations. They run the built product, so build first (npm run test:slow does).
export default defineConfig({
  test: {
    include: ['test/slow/**/*.slow.ts'],
    testTimeout: 20 * 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    fileParallelism: false,
  },
});
