import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tablesReference } from '../../src/cli/tablesReference.js';
import { TABLES } from '../../src/extract/tables.js';

describe('docs/tables.md', () => {
  it('is what gcx reference writes', () => {
    expect(readFileSync(new URL('../../docs/tables.md', import.meta.url), 'utf8')).toBe(tablesReference());
  });

  it('describes every column of every table', () => {
    const text = tablesReference();
    for (const table of Object.values(TABLES)) {
      expect(text).toContain(`## ${table.name}\n`);
      for (const column of table.columns) expect(text).toContain(`| \`${column.name}\``);
    }
  });
});
