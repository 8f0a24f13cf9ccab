import { defineConfig } from 'vitest/config';

// What takes long: kill torture, sweeps over every step, weeks of nights, memory at 150,000 conversations, several processes. Some run the built product, so build first (npm run test:slow does).
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
