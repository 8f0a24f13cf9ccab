import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileKernel, KERNELS } from '../kernel.js';

describe('a kernel', () => {
  it.each(KERNELS)('is what its source compiles to: $source', async (kernel) => {
    expect(readFileSync(new URL(`../${kernel.target}`, import.meta.url), 'utf8')).toBe(await compileKernel(kernel));
  });
});
