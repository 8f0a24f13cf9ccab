import { describe, expect, it } from 'vitest';
import { verifyText } from '../../src/cli/verifyText.js';

const piped = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false };
const checked = { partitions: 2, files: 4, bytes: 2048, rows: 5210 };

describe('verify text', () => {
  it('says in one line that nothing differs', () => {
    expect(verifyText('nightly', { checked, findings: [] }, piped)).toBe('nightly: everything is as it was committed (2 partitions, 4 files, 2.0 KiB, 5,210 rows read back)');
    expect(verifyText('nightly', { checked: { partitions: 0, files: 0, bytes: 0, rows: 0 }, findings: [] }, piped)).toBe('nightly: nothing is committed there (0 partitions, 0 files, 0 B, 0 rows read back)');
  });

  it('gives differences before notes, each with what to do', () => {
    const text = verifyText(
      'nightly',
      {
        checked,
        findings: [
          { severity: 'note', kind: 'leftover', path: '_data/x', what: 'is left over', remedy: 'Nothing to do.' },
          { severity: 'error', kind: 'file-changed', path: 'parquet/a\u001b[2J', what: 'its hash differs', remedy: 'Export it again.' },
        ],
      },
      piped,
    );
    expect(text).toMatchInlineSnapshot(`
      "FAIL parquet/a\\x1b[2J: its hash differs [file-changed]
          -> Export it again.
      note _data/x: is left over [leftover]
          -> Nothing to do.

      nightly: 1 difference found (2 partitions, 4 files, 2.0 KiB, 5,210 rows read back)"
    `);
  });
});
