import { schedule, validateDetailed, type Logger, type ScheduledTask } from 'node-cron';
import type { Clock, Log } from '../model/ports.js';
import { watchClock } from './clockWatch.js';
import type { Cron, WakeReason } from './cron.js';

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

const textOf = (message: string | Error): string => (message instanceof Error ? message.message : message);

/** Why: without one, node-cron writes to the console, and stdout belongs to `--json`. */
const loggerOf = (log: Log, job: string): Logger => ({
  debug: (message) => {
    log.debug('cron', { job, message: textOf(message) });
  },
  info: (message) => {
    log.debug('cron', { job, message });
  },
  warn: (message) => {
    log.warn('cron', { job, message });
  },
  error: (message) => {
    log.error('cron', { job, message: textOf(message) });
  },
});

/**
 * Wake-ups by node-cron.
 *
 * A time that passed unkept by more than a second (a blocked process) comes at once as `missed`. node-cron waits for an instant of the clock as it was, by timers that stand still while the
 * machine sleeps: where the clock steps, its task is made anew, and a time that was stepped over comes once as `missed`.
 * A time inside the hour that a spring clock change leaves out does not come that day. Source: node-cron 4; RELIABILITY section 7, rows 35 and 52.
 */
export const createNodeCron = (log: Log, clock: Pick<Clock, 'nowMs' | 'monotonicMs'>): Cron => ({
  problem({ cron, timezone }) {
    const { valid, errors } = validateDetailed(cron);
    if (!valid) return `is not a cron expression: ${errors.map((error) => error.message).join('; ')}`;
    return isTimezone(timezone) ? undefined : `${JSON.stringify(timezone)} is not a time zone`;
  },
  start({ name, cron, timezone }, wake) {
    let expectedMs: number | null = null;
    const begin = (): ScheduledTask => {
      const made = schedule(
        cron,
        () => {
          tell('due');
        },
        { name, timezone, noOverlap: true, logger: loggerOf(log, name), suppressMissedWarning: true },
      );
      made.on('execution:missed', () => {
        tell('missed');
      });
      return made;
    };
    let task = begin();
    const nextMs = (): number | null => task.getNextRun()?.getTime() ?? null;
    const tell = (reason: WakeReason): void => {
      expectedMs = nextMs();
      wake(reason);
    };
    expectedMs = nextMs();
    const unwatch = watchClock(clock, (stepMs) => {
      log.warn('clock moved', { job: name, seconds: Math.round(stepMs / 1000) });
      const isSteppedOver = expectedMs !== null && expectedMs <= clock.nowMs();
      void task.destroy();
      task = begin();
      expectedMs = nextMs();
      if (isSteppedOver) tell('missed');
    });
    let isStopped = false;
    return {
      nextMs: () => (isStopped ? null : nextMs()),
      stop: () => {
        isStopped = true;
        unwatch();
        void task.destroy();
      },
    };
  },
});
