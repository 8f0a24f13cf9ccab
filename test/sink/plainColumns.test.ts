import { describe, expect, it } from 'vitest';
import { TABLES } from '../../src/extract/tables.js';
import { BatchBuilder } from '../../src/model/columns/batchBuilder.js';
import type { ColumnBatch } from '../../src/model/columns/columnData.js';
import type { Row, TableName } from '../../src/model/table.js';
import { plainColumns } from '../../src/sink/plainColumns.js';

const START = Date.UTC(2026, 0, 5);

/** A hundred rows. */
const batchOf = (table: TableName, row: (i: number) => Row): ColumnBatch => {
  const builder = new BatchBuilder(TABLES[table]);
  for (let i = 0; i < 100; i++) builder.append(row(i));
  return builder.finish();
};

describe('columns without a dictionary', () => {
  it('are those of the conversations that differ from row to row', () => {
    const batch = batchOf('conversations', (i) => [`c-${String(i)}`, START + i * 997, START + i * 1009 + 5000, 5000 + i * 12, false, 'inbound', ['voice'], ['d'], null, 2, 5]);
    const distinct = ['conversation_id', 'conversation_start', 'conversation_end', 'duration_ms', 'external_tag'];
    expect(plainColumns(TABLES.conversations.columns, batch, 'zstd')).toEqual(distinct);
    expect(plainColumns(TABLES.conversations.columns, batch, 'none')).toEqual(distinct);
  });

  const attributes = batchOf('participant_attributes', (i) => [`c-${String(i >> 2)}`, `p-${String(i >> 2)}`, `name ${String(i % 4)}`, `value ${String(i)}`, START + (i >> 2), 'customer', 'voice', false]);

  it.each(['zstd', 'snappy', 'gzip'] as const)('are ids of parents and timestamps where %s compresses them, but not the id by which rows are looked up', (compression) => {
    expect(plainColumns(TABLES.participant_attributes.columns, attributes, compression)).toEqual(['participant_id', 'value', 'conversation_start']);
  });

  it('are not what a conversation repeats where nothing is compressed', () => {
    expect(plainColumns(TABLES.participant_attributes.columns, attributes, 'none')).toEqual(['value']);
  });
});
