import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/cli/textWidth.js';
import { wrapProse } from '../../src/cli/wrapProse.js';

describe('prose on a terminal', () => {
  it('is broken between words, and its further lines are indented', () => {
    expect(wrapProse('note: two days were exported with other settings\n  kept', 20)).toBe('note: two days were\n  exported with\n  other settings\n  kept');
    expect(wrapProse('    → Check the disk, then run again', 20)).toBe('    → Check the\n      disk, then run\n      again');
  });

  it('keeps commands whole, so that they can be copied', () => {
    const command = 'gcx backfill nightly --from 2026-01-05 --to 2026-01-08 --force';
    expect(wrapProse(`they stay as they are. To replace them: ${command}`, 40)).toBe(`they stay as they are. To replace them:\n  ${command}`);
    expect(wrapProse(`next: node ../dist/main.js run nightly --output 'my folder'`, 30)).toBe(`next:\n  node ../dist/main.js run nightly --output 'my folder'`);
  });

  it('keeps a command between backquotes whole, with what stands right after it', () => {
    const command = '`gcx backfill nightly --from 2026-01-05 --to 2026-01-08 --force`';
    expect(wrapProse(`    → Move it away, or run ${command}: it publishes the partition again.`, 60)).toBe(`    → Move it away, or run\n      ${command}:\n      it publishes the partition again.`);
    expect(wrapProse('one ` two three', 9)).toBe('one ` two\n  three');
  });

  it('moves a command that is too long under the one before it', () => {
    expect(wrapProse('next: gcx verify nightly --config a.yaml\n      gcx status nightly --config a.yaml', 36)).toBe('next:\n  gcx verify nightly --config a.yaml\n  gcx status nightly --config a.yaml');
  });

  it('goes on below the text of a row, not below its name', () => {
    expect(wrapProse('  outside     12 conversations started elsewhere', 30)).toBe('  outside     12 conversations\n              started\n              elsewhere');
    expect(wrapProse('  \u001b[31moutside\u001b[39m   one two three', 24)).toBe('  \u001b[31moutside\u001b[39m   one two\n            three');
    expect(wrapProse('a-name-of-half-the-width  one two three', 36)).toBe('a-name-of-half-the-width  one two\n  three');
  });

  it('puts what is said of a command apart from it', () => {
    const command = 'gcx run nightly --config a.yaml';
    expect(wrapProse(`next: ${command}   (asks only for what is missing)`, 50)).toBe(`next: ${command}   (asks only\n  for what is missing)`);
    expect(wrapProse(`next: ${command}   (asks only for what is missing)`, 40)).toBe(`next: ${command}\n  (asks only for what is missing)`);
  });

  it('is measured without its colours', () => {
    expect(wrapProse('\u001b[31mgcx:\u001b[39m 12345 12345', 16)).toBe('\u001b[31mgcx:\u001b[39m 12345 12345');
  });

  it('loses no word, and no line is longer than it must be', () => {
    const word = fc.stringMatching(/^[a-zäß界😀.,:]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), fc.integer({ min: 20, max: 80 }), (words, width) => {
        const lines = wrapProse(words.join(' '), width).split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
        for (const line of lines) expect(textWidth(line) <= width || !line.trim().includes(' ')).toBe(true);
      }),
    );
  });

  it('is left as it is where it is piped', () => {
    const text = 'a '.repeat(500);
    expect(wrapProse(text, Number.POSITIVE_INFINITY)).toBe(text);
  });
});
