import { describe, expect, it } from 'vitest';
import type { Manifest, ManifestFile, RowChanges } from '../../src/model/manifest.js';
import { movedNothing } from '../../src/run/writtenRows.js';

const file = (table: ManifestFile['table'], format: ManifestFile['format'], sha256: string): ManifestFile => ({ table, format, sha256, path: 'p', publishedAs: 'q', bytes: 1, rows: 1, minKey: null, maxKey: null });
const both = (parquet: string, csv: string): readonly ManifestFile[] => [file('sessions', 'parquet', 'same'), file('sessions', 'csv', 'same'), file('participants', 'parquet', parquet), file('participants', 'csv', csv)];
const next = (files: readonly ManifestFile[], participants: RowChanges | undefined): Pick<Manifest, 'files' | 'supersedes'> => ({
  files,
  supersedes: { version: 1, changes: participants === undefined ? null : { sessions: { changed: 0, appeared: 0, vanished: 0 }, participants } },
});
const NONE = { changed: 0, appeared: 0, vanished: 0 };

describe('movedNothing', () => {
  it.each([
    ['rows in another order, in every format', both('b', 'b'), NONE, true],
    ['rows of another order in the one format there is', [file('participants', 'csv', 'b')], NONE, true],
    ['CSV alone that is written otherwise, e.g. by a version with other marks', both('a', 'b'), NONE, false],
    ['Parquet alone that is written otherwise', both('b', 'a'), NONE, false],
    ['a row that is another', both('b', 'b'), { ...NONE, changed: 1 }, false],
    ['rows that were not counted', both('b', 'b'), undefined, false],
  ])('tells of %s', (_what, files, changes, expected) => {
    const before = both('a', 'a').filter(({ table, format }) => files.some((one) => one.table === table && one.format === format));
    expect(movedNothing({ files: before }, next(files, changes))).toBe(expected);
  });
});
