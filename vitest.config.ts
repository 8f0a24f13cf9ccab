import { defineConfig } from 'vitest/config';

// The quick suite. Slow suites (kill torture, large memory runs) live in test/slow and run by their own script.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'node_modules/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // Modules are loaded once a process, not once a file: nothing here keeps state in them.
    isolate: false,
    // Vitest would leave a processor idle.
    maxWorkers: '100%',
  },
});
