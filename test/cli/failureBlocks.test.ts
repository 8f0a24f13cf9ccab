import { expect, it } from 'vitest';
import { OtherSettingsError } from '../../src/model/errors.js';
import { failureBlocks, replacingStep, type FailedPartition } from '../../src/cli/failureBlocks.js';

const failed = (day: number, error: string, what: string, remedy?: string): FailedPartition => ({
  partition: `dt=2026-01-0${String(day)}`, failure: { error, message: `dt=2026-01-0${String(day)}: ${what}`, remedy },
});
const OTHER = OtherSettingsError.name;

it('neighbours that failed for the same reason share a line and its remedy, and no name stands twice', () => {
  const all = [failed(1, 'HttpError', 'status 503', 'Run again.'), failed(2, 'HttpError', 'status 503', 'Run again.'), failed(3, 'StateError', 'it is damaged'), failed(4, OTHER, 'exported otherwise', 'Replace it.'), failed(5, OTHER, 'exported otherwise', 'Replace it.')];
  expect(failureBlocks('nightly', all, { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false })).toEqual([
    'FAIL dt=2026-01-01 … dt=2026-01-02 (2 partitions): status 503',
    '    -> Run again.',
    'FAIL dt=2026-01-03: it is damaged',
    'FAIL dt=2026-01-04 … dt=2026-01-05 (2 partitions): exported otherwise',
    '    -> Replace them on purpose: gcx backfill nightly --from 2026-01-04 --to 2026-01-06 --force',
  ]);
});

it('where days failed for their settings alone, one command replaces them; running again would not', () => {
  const all = [failed(5, OTHER, 'exported otherwise'), failed(4, OTHER, 'exported otherwise')];
  expect(replacingStep('nightly', all)).toBe('next: gcx backfill nightly --from 2026-01-04 --to 2026-01-06 --force   (replaces them on purpose)');
  expect(replacingStep('nightly', [...all, failed(6, 'HttpError', 'status 503')])).toBeUndefined();
  expect(replacingStep('nightly', [])).toBeUndefined();
});
