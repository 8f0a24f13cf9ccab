import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/cli/log.js';
import { createProgress } from '../../src/cli/createProgress.js';
import { progressLine } from '../../src/cli/progressLine.js';
import { createStderrLines } from '../../src/cli/stderrLines.js';
import { committed, failed } from '../support/fakeParts.js';
import { fakeWorld } from '../support/fakeWorld.js';

const state = { total: 7, done: 3, failed: 0, pages: 421, conversations: 42_100, kept: 0, expected: 0, rows: 310_456, used: 180, allowed: 300, elapsedMs: 90_000 };

describe('progress line', () => {
  it('has partitions, pages, conversations, rows, the budget and the time left', () => {
    expect(progressLine(state, 110, false)).toBe('##########--------------  3/7 partitions  421 pages  42.1k conv  310k rows  180/300 req  ~2m 00s');
  });

  it('goes by conversations where their number is expected: one large partition has a bar and a time left, too', () => {
    const one = { ...state, total: 1, done: 0, pages: 200, conversations: 20_000, kept: 5_000, expected: 100_000, elapsedMs: 30_000 };
    expect(progressLine(one, 110, false)).toBe('######------------------  0/1 partition  200 pages  20.0k conv  310k rows  180/300 req  ~1m 53s');
    // At the very beginning nothing can be told; when more comes than was expected, the bar waits for the end.
    expect(progressLine({ ...one, conversations: 100 }, 110, false)).toMatch(/^#-{23} .* req$/);
    expect(progressLine({ ...one, conversations: 120_000 }, 110, false)).toMatch(/^#{23}- .* req$/);
    expect(progressLine({ ...one, conversations: 120_000, done: 1 }, 110, false)).toMatch(/^#{24} .* req$/);
  });

  it('keeps all parts at 80 columns, the bar gives way, then the last parts', () => {
    expect(progressLine(state, 79, false)).toBe('###----  3/7 partitions  421 pages  42.1k conv  310k rows  180/300 req  ~2m 00s');
    expect(progressLine(state, 60, false)).toMatch(/^#+-+ {2}3\/7 partitions {2}421 pages {2}42\.1k conv {2}310k rows$/);
  });

  it('never is wider than the terminal', () => {
    const count = fc.nat({ max: 2_000_000_000 });
    fc.assert(
      fc.property(fc.record({ total: count, done: count, failed: count, pages: count, conversations: count, kept: count, expected: count, rows: count, used: count, allowed: count, elapsedMs: count }), fc.integer({ min: 1, max: 200 }), fc.boolean(), (any, width, unicode) => {
        expect(progressLine(any, width, unicode).length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

const display = async (mode: 'bar' | 'lines' | 'none') => {
  const fake = fakeWorld({ terminal: { columns: 80 } });
  const lines = createStderrLines(fake.world.stderr);
  const progress = await createProgress({ mode, stderr: fake.world.stderr, lines, clock: fake.world.clock, unicode: false, budget: () => ({ used: 1, allowed: 300 }) });
  const log = createLog({ level: 'info', format: 'text', nowMs: () => 0, write: (line) => { lines.write(line); } });
  return { progress, log, stderr: fake.stderr };
};

describe('progress display', () => {
  it('writes a line for each finished partition where output is piped', async () => {
    const { progress, stderr } = await display('lines');
    progress.onEvent({ type: 'planned', partitions: ['dt=2026-01-05', 'dt=2026-01-06'], expected: undefined });
    progress.onEvent({ type: 'page', partition: 'dt=2026-01-05', conversations: 100, rows: 5 });
    progress.onEvent({ type: 'partition-finished', outcome: committed('dt=2026-01-05') });
    progress.onEvent({ type: 'partition-finished', outcome: failed('dt=2026-01-06') });
    expect(stderr().split('\n')).toHaveLength(4);
    expect(stderr()).not.toContain('\u001b');
  });

  it('writes nothing under --json', async () => {
    const { progress, stderr } = await display('none');
    progress.onEvent({ type: 'planned', partitions: ['a'], expected: undefined });
    progress.onEvent({ type: 'partition-finished', outcome: committed('a') });
    expect(stderr()).toBe('');
  });

  it('loses no log line while a bar is drawn, and goes back to plain lines after it', async () => {
    const { progress, log, stderr } = await display('bar');
    progress.onEvent({ type: 'planned', partitions: ['a', 'b'], expected: undefined });
    log.info('during the bar');
    progress.onEvent({ type: 'partition-finished', outcome: failed('a') });
    progress.stop();
    progress.stop();
    log.info('after the bar');
    expect(stderr()).toContain('1/2 partitions');
    expect(stderr()).toContain('during the bar\n');
    expect(stderr()).toContain('a  FAILED');
    expect(stderr().endsWith('after the bar\n')).toBe(true);
    // A process that is killed could not show the cursor again.
    expect(stderr()).not.toContain('\u001b[?25l');
  });
});
