import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/model/job.js';
import type { TableName } from '../../src/model/table.js';
import { numberedParts } from '../../src/run/numberedParts.js';

describe('the files of a partition', () => {
  it('are numbered by table and format, without gaps, whatever lies between them', () => {
    const part = (format: Format, table: TableName, path: string) => ({ format, table, path, bytes: 1, sha256: '', rows: 1, minKey: null, maxKey: null });
    const parts = [
      part('parquet', 'conversations', 'first half'),
      part('parquet', 'conversations', 'first half, second file'),
      part('csv', 'conversations', 'first half'),
      part('parquet', 'conversations', 'second half'),
      part('parquet', 'sessions', 'second half alone'),
    ];
    expect(numberedParts(parts, (format, table, n) => `${format}/${table}/${String(n)}`).map(({ path, publishedAs }) => [publishedAs, path])).toEqual([
      ['parquet/conversations/0', 'first half'],
      ['parquet/conversations/1', 'first half, second file'],
      ['csv/conversations/0', 'first half'],
      ['parquet/conversations/2', 'second half'],
      ['parquet/sessions/0', 'second half alone'],
    ]);
  });
});
