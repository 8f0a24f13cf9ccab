import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CronTask, WakeReason } from '../../src/schedule/cron.js';
import { createNodeCron } from '../../src/schedule/nodeCron.js';
import { createRecordingLog } from '../support/recordingLog.js';

const HOUR_MS = 3_600_000;
/** The clock of the test's timers: `vi.setSystemTime` sets the one and leaves the other. */
const CLOCK = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

describe('createNodeCron', () => {
  const tasks: CronTask[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const task of tasks.splice(0)) task.stop();
    vi.useRealTimers();
  });

  const start = (cron: string, timezone: string, at: string): { wakes: string[]; reasons: WakeReason[]; task: CronTask } => {
    vi.setSystemTime(at);
    const wakes: string[] = [];
    const reasons: WakeReason[] = [];
    const task = createNodeCron(createRecordingLog(), CLOCK).start({ name: 'nightly', cron, timezone }, (reason) => {
      wakes.push(new Date().toISOString().slice(0, 16));
      reasons.push(reason);
    });
    tasks.push(task);
    return { wakes, reasons, task };
  };

  it('wakes at local time on both sides of a clock change', async () => {
    const { wakes, task } = start('15 2 * * *', 'Europe/Berlin', '2026-10-23T12:00:00Z');
    expect(task.nextMs()).toBe(Date.UTC(2026, 9, 24, 0, 15));
    await vi.advanceTimersByTimeAsync(84 * HOUR_MS);
    expect(wakes.map((wake) => wake.slice(0, 10))).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    expect([wakes[0], wakes[2]]).toEqual(['2026-10-24T00:15', '2026-10-26T01:15']);
  });

  it('reports a time that passed while the machine slept as missed, at once', async () => {
    const { wakes, reasons } = start('0 * * * *', 'UTC', '2026-01-05T00:30:00Z');
    vi.setSystemTime('2026-01-05T03:40:00Z');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([wakes, reasons]).toEqual([['2026-01-05T03:40'], ['missed']]);
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect([wakes, reasons]).toEqual([['2026-01-05T03:40', '2026-01-05T04:00'], ['missed', 'due']]);
  });

  it('keeps its times when the clock is set back, and does not wake for each that a clock set forward left out', async () => {
    const { wakes, reasons, task } = start('* * * * *', 'UTC', '2026-01-05T12:00:30Z');
    vi.setSystemTime('2026-01-05T11:00:30Z');
    await vi.advanceTimersByTimeAsync(40_000);
    expect(wakes).toEqual(['2026-01-05T11:01']);
    expect(task.nextMs()).toBe(Date.UTC(2026, 0, 5, 11, 2));
    vi.setSystemTime('2026-02-05T11:02:10Z');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([wakes.slice(1), reasons.slice(1)]).toEqual([['2026-02-05T11:02'], ['missed']]);
  });

  it('wakes no more once stopped', async () => {
    const { wakes, task } = start('* * * * *', 'UTC', '2026-01-05T00:00:30Z');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wakes).toHaveLength(1);
    task.stop();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(wakes).toHaveLength(1);
    expect(task.nextMs()).toBeNull();
  });

  it.each([
    ['15 2 * * *', 'Europe/Berlin', undefined],
    ['*/10 * * * * *', 'UTC', undefined],
    ['15 25 * * *', 'UTC', 'is not a cron expression'],
    ['every night', 'UTC', 'is not a cron expression'],
    ['', 'UTC', 'is not a cron expression'],
    ['0 0 30 2 *', 'UTC', 'impossible'],
    ['15 2 * * *', 'Europe/Atlantis', '"Europe/Atlantis" is not a time zone'],
  ])('judges %j in %s', (cron, timezone, problem) => {
    const found = createNodeCron(createRecordingLog(), CLOCK).problem({ name: 'nightly', cron, timezone });
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});
