import { schedule, validateDetailed, type Logger } from 'node-cron';
import type { Log } from '../model/ports.js';
import type { Cron } from './cron.js';

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
 * A time that passed unkept by more than a second (a suspended machine, a blocked process) comes at once as `missed`, several of them as one each.
 * A time inside the hour that a spring clock change leaves out does not come that day. Source: node-cron 4; RELIABILITY section 7.
 */
export const createNodeCron = (log: Log): Cron => ({
  problem({ cron, timezone }) {
    const { valid, errors } = validateDetailed(cron);
    if (!valid) return `is not a cron expression: ${errors.map((error) => error.message).join('; ')}`;
    return isTimezone(timezone) ? undefined : `${JSON.stringify(timezone)} is not a time zone`;
  },
  start({ name, cron, timezone }, wake) {
    const task = schedule(
      cron,
      () => {
        wake('due');
      },
      { name, timezone, noOverlap: true, logger: loggerOf(log, name), suppressMissedWarning: true },
    );
    task.on('execution:missed', () => {
      wake('missed');
    });
    let isStopped = false;
    return {
      nextMs: () => (isStopped ? null : (task.getNextRun()?.getTime() ?? null)),
      stop: () => {
        isStopped = true;
        void task.destroy();
      },
    };
  },
});
