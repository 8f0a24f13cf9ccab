import { describe, expect, it } from 'vitest';
import type { Preview } from '../../src/cli/openedJob.js';
import { previewDocument, previewText } from '../../src/cli/previewText.js';

const hostile: Preview = {
  partition: 'dt=2026-01-05', conversations: 2, outsideWindow: 140, nextPage: false,
  tables: [
    {
      name: 'participants', total: 1,
      columns: ['conversation_id', 'conversation_start', 'participant_name', 'session_count', 'attributes'],
      rows: [['c1', 1_767_571_200_000n, '', 9_007_199_254_740_993n, new Map([['__proto__', 'a\n'], ['', '\u202e']])]],
    },
    { name: 'sessions', total: 0, columns: ['conversation_id'], rows: [] },
  ],
};

describe('preview', () => {
  it('keeps apart NULL and the empty text, writes instants as instants, escapes the rest', () => {
    const text = previewText(hostile, { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false });
    expect(text).toContain('c1               2026-01-05T00:00:00.000Z                    9007199254740993');
    expect(text).toContain('{"__proto__":"a\\n","":"\\u202e"}');
    expect(text).toContain('sessions: 0 rows');
    expect(text).toMatch(/^one page of dt=2026-01-05: 2 conversations, no further page; nothing was written\n140 started outside the window: not written\n/);
  });

  it('puts columns below each other where they do not fit beside', () => {
    const text = previewText(hostile, { terminal: true, width: 42, colour: false, unicode: false });
    expect(text).toContain('  participant_name    \n');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(42);
  });

  it('keeps exact integers and every key of a map in JSON', () => {
    const text = JSON.stringify(previewDocument(hostile), (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value instanceof Map ? Object.fromEntries(value) : value));
    expect(text).toContain('"9007199254740993"');
    expect(text).toContain('"2026-01-05T00:00:00.000Z"');
    expect(text).toContain('"__proto__":"a\\n"');
  });
});
