import { describe, expect, it } from 'vitest';
import { asTyped } from '../../src/cli/asTyped.js';
import { reportText } from '../../src/cli/reportText.js';
import type { Style } from '../../src/cli/screen.js';
import { wrapProse } from '../../src/cli/wrapProse.js';
import { committed, failed, reportOf, someHttp } from '../support/fakeParts.js';

const piped: Style = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false };
const terminal: Style = { terminal: true, width: 80, colour: false, unicode: true };

describe('report text', () => {
  it('sums up what was exported and names the next step', () => {
    const report = reportOf([committed('dt=2026-01-05'), { result: 'current', partition: 'dt=2026-01-06', version: 2, state: 'provisional', pagesFetched: 0 }], { notDue: { settled: 12, 'not-ended': 1 } });
    expect(reportText(report, someHttp, piped)).toMatchInlineSnapshot(`
      "nightly: 2 of 2 partitions done in 3.2 s (not due: 12 settled, 1 not ended)

      partition      result         state        conversations   rows  pages   time
      dt=2026-01-05  committed v1   settled              1,000  5,210     10  1.2 s
      dt=2026-01-06  up to date v2  provisional

        rows        4,210 participant_attributes
                    1,000 conversations
        duplicates  3 conversations came more than once and are written once
        outside     12 conversations started outside the window: not written here
        open        4 conversations had not ended
        requests    21, 1 throttled, 2.5 s waited

      next: gcx verify nightly
            gcx status nightly --files"
    `);
  });

  it('gives each failure with its reason and remedy, without secrets or control characters', () => {
    const text = reportText(reportOf([failed('dt=2026-01-06')], { notices: ['conversations only'] }), { ...someHttp, requests: 0 }, piped);
    expect(text).toMatchInlineSnapshot(`
      "nightly: 0 of 1 partition done in 3.2 s, 1 failed

      partition      result  state  conversations  rows  pages  time
      dt=2026-01-06  FAILED                                  2

      FAIL dt=2026-01-06: page 3: GET https://api.example.com/x?[redacted] answered 503\\x1b[31m
          -> Run again later.

      note: conversations only

      next: gcx run nightly   (asks only for what is missing)"
    `);
  });

  it('holds what was expected beside what it took', () => {
    const estimate = { expected: { calls: 12, rows: 5000, bytes: 2048 }, actual: { calls: 10, rows: 5210, bytes: 1024 } };
    expect(reportText(reportOf([committed('dt=2026-01-05')], { estimate }), someHttp, piped)).toContain('\n  estimate    12 calls, 5,000 rows, 2.0 KiB for what was committed; it took 10 calls, 5,210 rows, 1.0 KiB\n');
  });

  it('says that nothing was due, and why', () => {
    expect(reportText(reportOf([], { notDue: { settled: 2 } }), { ...someHttp, requests: 0 }, piped)).toBe('nightly: nothing was due (2 settled)\n\nnext: gcx status nightly');
  });

  it('counts what was not finished before a stop', () => {
    const text = reportText(reportOf([committed('dt=2026-01-05')], { due: 5, interrupted: true }), someHttp, piped);
    expect(text.split('\n')[0]).toBe('nightly: 1 of 5 partitions done in 3.2 s, 4 not finished, interrupted');
    expect(text).toContain('next: gcx run nightly   (goes on from the last page kept)');
  });

  it('sends a backfill that stopped back to its own range, not to run', () => {
    const again = 'gcx backfill nightly --from 2026-01-01 --to 2026-02-01';
    expect(reportText(reportOf([], { due: 5, interrupted: true }), someHttp, piped, again)).toContain(`next: ${again}   (goes on from the last page kept)`);
    expect(reportText(reportOf([failed('dt=2026-01-05')]), someHttp, piped, again)).toContain(`next: ${again}   (asks only for what is missing)`);
  });

  it('fits a terminal of 80 columns', () => {
    const text = reportText(reportOf([committed('dt=2026-01-05/hr=13'), failed('dt=2026-01-06/hr=14')]), someHttp, terminal);
    const table = text.split('\n').slice(2, 6);
    expect(table[2]).toContain('dt=2026-01-05/hr=13  committed v1');
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is not cut in the middle of a word by a terminal of 80 columns, and its rows keep their column', () => {
    const report = reportOf([committed('dt=2026-01-05')], { estimate: { expected: { calls: 12_000, rows: 5_000_000, bytes: 2_000_000_000 }, actual: { calls: 10_000, rows: 5_210_000, bytes: 1_000_000_000 } } });
    const typed = asTyped('node dist/main.js', { job: 'jobs/nightly.yaml', config: '/etc/gcx.yaml' })(reportText(report, someHttp, terminal));
    const lines = wrapProse(typed, 80).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[lines.findIndex((line) => line.startsWith('  estimate')) + 1]).toMatch(/^ {14}\S/);
    expect(lines.slice(-2)).toEqual(['next: node dist/main.js verify jobs/nightly.yaml --config /etc/gcx.yaml', '      node dist/main.js status jobs/nightly.yaml --config /etc/gcx.yaml --files']);
  });

  it('lists only the failed ones of hundreds of partitions', () => {
    const outcomes = Array.from({ length: 300 }, (_, at) => (at === 7 ? failed('dt=failed') : committed(`dt=${String(at)}`)));
    const text = reportText(reportOf(outcomes), someHttp, piped);
    expect(text.split('\n').length).toBeLessThan(30);
    expect(text).toContain('dt=failed');
    expect(text).toContain('299 more partitions');
  });
});
