import { existsSync, statfsSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

const GIB = 1024 ** 3;

/** Where temporary folders go: in memory where there is room, as waiting for a disk's syncs is a fifth of the suite's time. The slow suite works on the disk. */
const temporaryRoot = (): string => {
  if (platform() !== 'linux' || process.env['TMPDIR'] !== undefined || !existsSync('/dev/shm')) return tmpdir();
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize > 4 * GIB ? '/dev/shm' : tmpdir();
};

// The quick suite. Slow suites (kill torture, large memory runs, whole weeks of nights) live in test/slow and run by their own script.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'node_modules/**'],
    env: { TMPDIR: temporaryRoot() },
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
