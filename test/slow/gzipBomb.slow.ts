import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { repositoryPath } from '../../bench/childProcess.js';

const MIB = 1024 * 1024;

describe('a gzip bomb', () => {
  // Only Linux tells the peak of a stretch of time.
  it.skipIf(process.platform !== 'linux')('#18 of 300 MiB costs at most 3 MiB of memory, whether it announces its length or lies about it', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', repositoryPath('test/support/gzipBomb.ts')], { cwd: repositoryPath('.') });
    const { refused, grownBytes } = JSON.parse(stdout) as { refused: number; grownBytes: number };
    expect(refused).toBe(2);
    expect(grownBytes).toBeLessThanOrEqual(3 * MIB);
  });
});
