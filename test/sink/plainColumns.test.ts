import { describe, expect, it } from 'vitest';
import { TABLES } from '../../src/extract/tables.js';
import { BatchBuilder } from '../../src/model/columns/batchBuilder.js';
import { plainColumns } from '../../src/sink/plainColumns.js';

const START = Date.UTC(2026, 0, 5);

describe('columns without a dictionary', () => {
  it('are those of the conversations that differ from row to row', () => {
    const { columns } = TABLES.conversations;
    const builder = new BatchBuilder({ columns });
    for (let i = 0; i < 100; i++) builder.append([`c-${String(i)}`, START + i * 997, START + i * 1009 + 5000, 5000 + i * 12, false, 'inbound', ['voice'], ['d'], null, 2, 5]);
    expect(plainColumns(columns, builder.finish())).toEqual(['conversation_id', 'conversation_start', 'conversation_end', 'duration_ms', 'external_tag']);
  });

  it('are the values of attributes, but not what each conversation repeats', () => {
    const { columns } = TABLES.participant_attributes;
    const builder = new BatchBuilder({ columns });
    for (let i = 0; i < 100; i++) builder.append([`c-${String(i >> 2)}`, 'p', `name ${String(i % 4)}`, `value ${String(i)}`, START + (i >> 2), 'customer', 'voice', false]);
    expect(plainColumns(columns, builder.finish())).toEqual(['value']);
  });
});
