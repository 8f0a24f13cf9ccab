import { describe, expect, it } from 'vitest';
import { withDamaged } from '../../src/run/repair.js';
import { failed, reportOf } from '../support/fakeParts.js';

describe('a report with what could not be put right', () => {
  it('tells partitions in their order, each once, and counts those that were not due', () => {
    const [early, due, late] = [failed('dt=2026-01-01'), failed('dt=2026-01-05'), failed('dt=2026-01-03')];
    const damaged = new Map([late, early, due].map((outcome) => [outcome.partition, outcome]));
    const report = withDamaged({ ...reportOf([due]), due: 1 }, damaged, new Set([due.partition]));
    expect([report.due, report.outcomes.map(({ partition }) => partition)]).toEqual([3, ['dt=2026-01-01', 'dt=2026-01-03', 'dt=2026-01-05']]);
  });
});
