import { expect, it } from 'vitest';
import { isPartitionPath } from '../../src/model/partition.js';

it('a partition is known by its path', () => {
  expect(['dt=2026-01-05', 'dt=2026-01-05/hr=13'].every(isPartitionPath)).toBe(true);
  expect(['', 'dt=', 'dt=2026-1-5', 'hr=13', 'dt=2026-01-05/hr=1', 'dt=2026-01-05/', 'dt=2026-01-05\n'].some(isPartitionPath)).toBe(false);
});
