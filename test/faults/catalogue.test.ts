import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Rows that have no test here: object stores (46, 47), queues (53), and the scheduler (52), which test/schedule holds. */
const ELSEWHERE = new Set([46, 47, 52, 53]);
const ROWS = Array.from({ length: 53 }, (_, i) => i + 1).filter((row) => !ELSEWHERE.has(row));

/** Words that a row's tests must have in their titles, so that a number alone is not enough. */
const ABOUT: Readonly<Record<number, RegExp>> = {
  1: /400/, 2: /page 2|forgot/, 3: /token/, 4: /403/, 5: /tried again/, 6: /%i|409/, 7: /halves/, 8: /asks/, 9: /date/, 10: /Retry-After/,
  11: /certificate|refuses/, 12: /reset/, 13: /timeout/, 14: /cut short/, 15: /end of the connection/, 16: /gzip/, 17: /gzip/, 18: /bomb/, 19: /HTML/, 20: /list|record|path/,
  21: /empty page/, 22: /parts of the language/, 23: /nesting/, 24: /integer/, 25: /UTF-8|surrogate/, 26: /equal keys/, 27: /8 MiB/, 28: /circle|itself/, 29: /connection/, 30: /redirect/,
  31: /repeats/, 32: /missing/, 33: /provisional/, 34: /expires/, 35: /clock/, 36: /hour/, 37: /ENOSPC|disk|real one/, 38: /read-only|user/, 39: /EIO/, 40: /SIGTERM/,
  41: /SIGKILL|re-export/, 42: /P1 to P7/, 43: /processes/, 44: /lock/, 45: /changed byte/, 48: /grow/, 49: /link|named/, 50: /spreadsheet/, 51: /page 2|fault/,
};

const titles = async (): Promise<ReadonlyMap<number, readonly string[]>> => {
  const found = new Map<number, string[]>();
  for (const folder of ['.', '../slow']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of await readdir(path)) {
      if (!/\.(?:test|slow)\.ts$/.test(name) || name === 'catalogue.test.ts') continue;
      const text = await readFile(join(path, name), 'utf8');
      for (const [, title = ''] of text.matchAll(/^\s*(?:it|it\.each\([\s\S]*?\)|\] as const\)|\]\))\(\s*'((?:[^'\\]|\\.)*)'/gm)) {
        for (const [, row] of title.matchAll(/#(\d+)/g)) found.set(Number(row), [...(found.get(Number(row)) ?? []), title]);
      }
      // Titles that take their number from a table of cases.
      for (const [, row] of text.matchAll(/^\s*\['#(\d+)'/gm)) found.set(Number(row), [...(found.get(Number(row)) ?? []), '%i from a table of cases']);
    }
  }
  return found;
};

describe('the fault catalogue', () => {
  it.each(ROWS)('row %i is injected by a test whose title says so', async (row) => {
    const about = (await titles()).get(row) ?? [];
    expect(about.length).toBeGreaterThan(0);
    expect(about.filter((title) => ABOUT[row]!.test(title))).not.toEqual([]);
  });

  it('names no row that there is not', async () => {
    expect([...(await titles()).keys()].filter((row) => !ROWS.includes(row))).toEqual([]);
  });
});
