import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TABLES } from '../../src/extract/tables.js';
import { readWholePage } from '../support/readWholePage.js';
import { ALL_PARTS } from '../support/allParts.js';
import { TABLE_NAMES, type Row } from '../../src/model/table.js';

const FOLDER = fileURLToPath(new URL('../golden/tables/', import.meta.url));

/** Each *.json is a conversation as the API sends it; beside it lie the rows that it must give. Review what comes out before committing it. */
const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

const shown = (row: Row): unknown =>
  row.map((value) => {
    if (typeof value === 'bigint') return { int64: value.toString() };
    return typeof value === 'object' && value !== null && 'names' in value ? { map: value.names.map((name, i) => [name, value.values[i]]) } : value;
  });

describe('the tables', () => {
  it.each(cases)('of %s are as reviewed', async (name) => {
    const body = Buffer.from(`{"entities":[${readFileSync(FOLDER + name, 'utf8')}]}`);
    const { conversations, rejected } = readWholePage(new Uint8Array(body), 'next-page-url', name, ALL_PARTS);
    expect(rejected).toEqual([]);
    const conversation = conversations[0]!;
    const rows = TABLE_NAMES.map((table) => {
      const { columns } = TABLES[table];
      const lines = TABLES[table].rows(conversation, { purposes: ['customer', 'external', 'user'], which: 'all' }).map((row) => {
        expect(row).toHaveLength(columns.length);
        return JSON.stringify(shown(row));
      });
      return [`${table} (${columns.map((column) => column.name).join(', ')})`, ...lines].join('\n');
    });
    await expect(`${rows.join('\n\n')}\n`).toMatchFileSnapshot(FOLDER + name.replace('.json', '.rows.txt'));
  });

  it('pollute no object', () => {
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});
