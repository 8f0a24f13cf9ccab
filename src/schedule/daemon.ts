import { ConfigError, EXIT, ExportError, type ExitCode, type Problem } from '../model/errors.js';
import { formatInstant } from '../model/instant.js';
import type { ScheduleOptions } from '../model/job.js';
import type { Clock, Log, LogFacts } from '../model/ports.js';
import type { Cron, CronSpec, CronTask, WakeReason } from './cron.js';

/** A job, as far as the daemon needs it. */
export interface ScheduledJob {
  readonly name: string;
  readonly schedule: ScheduleOptions | undefined;
}

/** What the daemon works with. */
export interface DaemonOptions {
  readonly jobs: readonly ScheduledJob[];
  /** Brings a job up to date once: everything that is wanted and not yet committed. Aborted through its signal, it ends soon, state kept. */
  readonly runJob: (name: string, signal: AbortSignal) => Promise<{ readonly exitCode: ExitCode }>;
  readonly cron: Cron;
  readonly clock: Clock;
  readonly log: Log;
  /** The stack of a bug, on one line. */
  readonly stackOf: (error: unknown) => string;
  /** Aborted: no more wake-ups, the running job is aborted. */
  readonly signal: AbortSignal;
}

type Wake = WakeReason | 'start';

/** The schedules, or everything that is wrong with them. */
const checkedSpecs = (jobs: readonly ScheduledJob[], cron: Cron): CronSpec[] => {
  if (jobs.length === 0) {
    throw new ConfigError([{ where: 'jobs', what: 'there is no job with a schedule' }], { remedy: 'Add `schedule: { cron: "15 2 * * *", timezone: UTC }` to a file in jobs/.' });
  }
  const problems: Problem[] = [];
  const specs: CronSpec[] = [];
  for (const { name, schedule } of jobs) {
    const where = `jobs/${name}.yaml: schedule`;
    if (schedule === undefined) {
      problems.push({ where, what: 'is missing, so the job has no time to run at' });
      continue;
    }
    const spec = { name, ...schedule };
    const problem = cron.problem(spec);
    if (problem === undefined) specs.push(spec);
    else problems.push({ where, what: problem });
  }
  if (problems.length > 0) {
    throw new ConfigError(problems, { remedy: 'Give each job `schedule: { cron: "15 2 * * *", timezone: UTC }`, or name the jobs to schedule: `gcx schedule <job>…`.' });
  }
  return specs;
};

const failureFacts = (error: unknown, stackOf: DaemonOptions['stackOf']): LogFacts =>
  error instanceof ExportError
    ? { error: error.name, message: error.message, remedy: error.remedy, exitCode: error.exitCode }
    : { error: error instanceof Error ? error.name : typeof error, message: error instanceof Error ? error.message : undefined, stack: stackOf(error), exitCode: EXIT.bug };

/** The jobs that wait and the one that runs. */
class Daemon {
  readonly #options: DaemonOptions;
  readonly #tasks = new Map<string, CronTask>();
  readonly #waiting: string[] = [];
  #running: string | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  start(specs: readonly CronSpec[]): void {
    const { cron } = this.#options;
    for (const spec of specs) {
      this.#tasks.set(
        spec.name,
        cron.start(spec, (reason) => {
          this.#wake(spec.name, reason);
        }),
      );
    }
    for (const { name } of specs) this.#wake(name, 'start');
  }

  /** Resolves when the running job has ended. */
  async stop(): Promise<void> {
    for (const task of this.#tasks.values()) task.stop();
    this.#waiting.length = 0;
    await this.#work;
  }

  #wake(job: string, reason: Wake): void {
    const { log, signal } = this.#options;
    if (signal.aborted) return;
    if (this.#running === job || this.#waiting.includes(job)) {
      log.warn('wake-up skipped', { job, reason, because: this.#running === job ? 'the job still runs' : 'the job waits already', ...this.#next(job) });
      return;
    }
    log.debug('job woken', { job, reason });
    this.#waiting.push(job);
    if (this.#running === undefined && this.#waiting.length === 1) this.#work = this.#drain();
  }

  async #drain(): Promise<void> {
    // Let the caller wake others first: the order of the queue is then the order of the wake-ups.
    await Promise.resolve();
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      this.#running = job;
      await this.#runOnce(job);
      this.#running = undefined;
    }
  }

  async #runOnce(job: string): Promise<void> {
    const { runJob, clock, log, signal, stackOf } = this.#options;
    const startedMs = clock.monotonicMs();
    log.info('job started', { job });
    let exitCode: ExitCode;
    let facts: LogFacts = {};
    try {
      ({ exitCode } = await runJob(job, signal));
    } catch (error) {
      // The daemon outlives any run: what the next wake-up has to export is found from what is committed.
      exitCode = error instanceof ExportError ? error.exitCode : signal.aborted ? EXIT.interrupted : EXIT.bug;
      facts = failureFacts(error, stackOf);
    }
    const ended: LogFacts = { job, seconds: Math.round((clock.monotonicMs() - startedMs) / 1000), ...facts, exitCode, ...(signal.aborted ? {} : this.#next(job)) };
    if (exitCode === EXIT.done) log.info('job done', ended);
    else if (exitCode === EXIT.locked) log.warn('job skipped', { ...ended, because: 'another run holds its lock' });
    else if (signal.aborted) log.info('job interrupted', ended);
    else log.error('job failed', ended);
  }

  #next(job: string): LogFacts {
    const nextMs = this.#tasks.get(job)?.nextMs() ?? null;
    return { next: nextMs === null ? 'never' : formatInstant(nextMs) };
  }

  /** Says when each job wakes next. */
  announce(): void {
    for (const job of this.#tasks.keys()) this.#options.log.info('job scheduled', { job, ...this.#next(job) });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });

/**
 * Runs jobs at their times until the signal is aborted; resolves when the running job has ended.
 *
 * Every job runs once at the start, which catches up whatever was missed: cron is only a wake-up, what a run exports is what is wanted and not committed.
 * One job runs at a time, so that the jobs of one OAuth client stay under its rate limit; the others wait in the order of their wake-ups. A job that
 * still runs or waits is not woken twice, a job that another process runs is skipped, and a failed run waits for its next time: all three are logged.
 * @throws ConfigError listing every job without a schedule, or with one that cannot be used
 */
export const runDaemon = async (options: DaemonOptions): Promise<void> => {
  const specs = checkedSpecs(options.jobs, options.cron);
  const daemon = new Daemon(options);
  daemon.start(specs);
  daemon.announce();
  await aborted(options.signal);
  options.log.info('daemon stopping', { reason: typeof options.signal.reason === 'string' ? options.signal.reason : undefined });
  await daemon.stop();
  options.log.info('daemon stopped');
};
