import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, EXIT, HttpError, InterruptedError, LockedError, type ExitCode } from '../../src/model/errors.js';
import type { Cron, WakeReason } from '../../src/schedule/cron.js';
import { stackOf } from '../../src/cli/sourceStack.js';
import { runDaemon, type ScheduledJob } from '../../src/schedule/daemon.js';
import { createManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';

/** A cron whose wake-ups the test gives. */
const createHandCron = (): Cron & { wake(job: string, reason?: WakeReason): void; readonly started: ReadonlySet<string> } => {
  const wakes = new Map<string, (reason: WakeReason) => void>();
  const started = new Set<string>();
  return {
    started,
    problem: ({ cron, timezone }) => (cron === 'bad' ? 'is not a cron expression' : timezone === 'Mars/Base' ? 'is not a time zone' : undefined),
    start: ({ name }, wake) => {
      wakes.set(name, wake);
      started.add(name);
      return { nextMs: () => Date.UTC(2026, 0, 6, 2, 15), stop: () => started.delete(name) };
    },
    wake: (job, reason = 'due') => wakes.get(job)?.(reason),
  };
};

interface StartedRun {
  readonly job: string;
  readonly signal: AbortSignal;
  end(exitCode: ExitCode): void;
  fail(error: unknown): void;
}

const job = (name: string): ScheduledJob => ({ name, schedule: { cron: '15 2 * * *', timezone: 'UTC' } });

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('runDaemon', () => {
  let cron: ReturnType<typeof createHandCron>;
  let log: ReturnType<typeof createRecordingLog>;
  let runs: StartedRun[];
  let stop: AbortController;
  beforeEach(() => {
    cron = createHandCron();
    log = createRecordingLog();
    runs = [];
    stop = new AbortController();
  });

  const start = async (...jobs: ScheduledJob[]): Promise<{ ended: Promise<void>; hasEnded(): boolean }> => {
    let over = false;
    const runJob = (name: string, signal: AbortSignal): Promise<{ exitCode: ExitCode }> =>
      new Promise((resolve, reject) => {
        runs.push({
          job: name,
          signal,
          end: (exitCode) => {
            resolve({ exitCode });
          },
          fail: reject,
        });
      });
    const ended = runDaemon({ jobs, runJob, cron, clock: createManualClock(), log, stackOf, signal: stop.signal }).finally(() => {
      over = true;
    });
    await settle();
    return { ended, hasEnded: () => over };
  };

  const last = (): StartedRun => runs.at(-1)!;
  const finish = async (exitCode: ExitCode = EXIT.done): Promise<void> => {
    last().end(exitCode);
    await settle();
  };
  const events = (): string[] => log.lines.filter((line) => line.level !== 'debug').map((line) => `${line.event} ${String(line.facts.job ?? '')}`.trim());
  const names = (): string[] => runs.map((run) => run.job);

  it('runs every job once at the start, one at a time, and says when each wakes next', async () => {
    const daemon = await start(job('a'), job('b'));
    expect(names()).toEqual(['a']);
    await finish();
    expect(names()).toEqual(['a', 'b']);
    await finish();
    expect(log.lines.filter((line) => line.event === 'job scheduled').map((line) => line.facts)).toEqual([
      { job: 'a', next: '2026-01-06T02:15:00.000Z' },
      { job: 'b', next: '2026-01-06T02:15:00.000Z' },
    ]);
    stop.abort('SIGTERM');
    await daemon.ended;
  });

  it.each(['due', 'missed'] as const)('runs a job whose time is %s', async (reason) => {
    const daemon = await start(job('a'));
    await finish();
    cron.wake('a', reason);
    await settle();
    expect(names()).toEqual(['a', 'a']);
    await finish();
    stop.abort();
    await daemon.ended;
  });

  it('skips a wake-up of a job that runs or waits, and says so', async () => {
    const daemon = await start(job('a'), job('b'));
    cron.wake('a');
    cron.wake('b');
    expect(log.lines.filter((line) => line.event === 'wake-up skipped').map((line) => [line.level, line.facts.job, line.facts.because])).toEqual([
      ['warn', 'a', 'the job still runs'],
      ['warn', 'b', 'the job waits already'],
    ]);
    await finish();
    await finish();
    expect(names()).toEqual(['a', 'b']);
    stop.abort();
    await daemon.ended;
  });

  it('takes up a job that was woken right after it ended', async () => {
    const daemon = await start(job('a'));
    last().end(EXIT.done);
    await settle();
    cron.wake('a');
    cron.wake('a');
    await settle();
    expect(names()).toEqual(['a', 'a']);
    await finish();
    stop.abort();
    await daemon.ended;
  });

  it('outlives failed runs of every kind and runs the job again at its next time', async () => {
    const daemon = await start(job('a'));
    for (const error of [new HttpError('HTTP 503', { remedy: 'Wait.' }), new TypeError('a bug'), 'a string', undefined]) {
      last().fail(error);
      await settle();
      cron.wake('a');
      await settle();
    }
    await finish(EXIT.incomplete);
    expect(names()).toHaveLength(5);
    expect(log.lines.filter((line) => line.event === 'job failed').map((line) => [line.level, line.facts.exitCode])).toEqual([
      ['error', 4],
      ['error', 1],
      ['error', 1],
      ['error', 1],
      ['error', 4],
    ]);
    expect(log.lines.find((line) => line.event === 'job failed')?.facts).toMatchObject({ error: 'HttpError', message: 'HTTP 503', remedy: 'Wait.' });
    // A bug is told with the lines to report, on one line of the log.
    expect(log.lines.filter((line) => line.event === 'job failed')[1]?.facts).toMatchObject({ error: 'TypeError', message: 'a bug', stack: expect.stringMatching(/^TypeError: a bug \| at .*daemon\.test\.ts/) as string });
    stop.abort();
    await daemon.ended;
  });

  it('skips a job that another process runs, and says so', async () => {
    const daemon = await start(job('a'), job('b'));
    last().fail(new LockedError('process 7 on host h holds the lock'));
    await settle();
    await finish(EXIT.locked);
    expect(events()).toEqual(['job scheduled a', 'job scheduled b', 'job started a', 'job skipped a', 'job started b', 'job skipped b']);
    stop.abort();
    await daemon.ended;
  });

  it('on a stop aborts the running job, drops those that wait, wakes no more, and ends only when the job has', async () => {
    const daemon = await start(job('a'), job('b'));
    stop.abort('SIGTERM');
    await settle();
    expect([last().signal.aborted, cron.started.size, daemon.hasEnded()]).toEqual([true, 0, false]);
    cron.wake('b');
    last().fail(new InterruptedError('interrupted'));
    await daemon.ended;
    expect(names()).toEqual(['a']);
    expect(events().slice(-3)).toEqual(['daemon stopping', 'job interrupted a', 'daemon stopped']);
    expect(log.lines.some((line) => line.level === 'error')).toBe(false);
  });

  it('runs nothing where the stop came first', async () => {
    stop.abort('SIGINT');
    await (await start(job('a'))).ended;
    expect(runs).toEqual([]);
  });

  it('lists every job without a usable schedule before it starts any', async () => {
    const jobs = [job('a'), { name: 'b', schedule: undefined }, { name: 'c', schedule: { cron: 'bad', timezone: 'UTC' } }, { name: 'd', schedule: { cron: '* * * * *', timezone: 'Mars/Base' } }];
    const ended = runDaemon({ jobs, runJob: () => Promise.reject(new Error('not expected')), cron, clock: createManualClock(), log, stackOf, signal: stop.signal });
    await expect(ended).rejects.toThrow(ConfigError);
    await expect(ended).rejects.toMatchObject({
      problems: [
        { where: 'jobs/b.yaml: schedule', what: 'is missing, so the job has no time to run at' },
        { where: 'jobs/c.yaml: schedule', what: 'is not a cron expression' },
        { where: 'jobs/d.yaml: schedule', what: 'is not a time zone' },
      ],
    });
    expect(cron.started.size).toBe(0);
  });

  it('refuses to wait for nothing', async () => {
    await expect(runDaemon({ jobs: [], runJob: () => Promise.reject(new Error()), cron, clock: createManualClock(), log, stackOf, signal: stop.signal })).rejects.toThrow(ConfigError);
  });
});
