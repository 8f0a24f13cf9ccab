import { describe, expect, it } from 'vitest';
import { committedNotices } from '../../src/cli/jobNotices.js';
import { aJob } from '../support/exportRig.js';

describe('notices of days before start', () => {
  const job = { ...aJob('next-page-url', { start: '2026-01-10' }), name: 'j' };
  const notices = (failed: readonly string[], changed: readonly string[]): readonly string[] => committedNotices(job, { committed: new Map(), failed, changed }, []);

  it('leave out failed days that a run exports again for their conversations', () => {
    expect(notices(['dt=2026-01-03', 'dt=2026-01-05'], ['dt=2026-01-05'])).toEqual([
      '1 failed day (2026-01-03) lies before start: no run looks at it; to export it: gcx backfill j --from 2026-01-03 --to 2026-01-04',
    ]);
    expect(notices(['dt=2026-01-05'], ['dt=2026-01-05'])).toEqual([]);
  });
});
