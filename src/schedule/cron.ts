/** A job's wake-ups, started. */
export interface CronTask {
  /** Units: UTC epoch milliseconds; null where there is none to come. */
  nextMs(): number | null;
  /** No wake-up comes after this. */
  stop(): void;
}

/** What to wake, and when. */
export interface CronSpec {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
}

/** Why a job is woken: at its time, or late because its time passed while the process or the machine could not keep it. */
export type WakeReason = 'due' | 'missed';

/** Wakes jobs by cron expressions, as an argument so that tests need no time. */
export interface Cron {
  /** What is wrong with the expression or the time zone; undefined where nothing is. */
  problem(spec: CronSpec): string | undefined;
  /** Starts the wake-ups of a job whose expression is sound. */
  start(spec: CronSpec, wake: (reason: WakeReason) => void): CronTask;
}
