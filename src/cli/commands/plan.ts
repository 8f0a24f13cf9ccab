import { EXIT } from '../../model/errors.js';
import type { Command } from '../command.js';

/**
 * `gcx plan <job>`: what would be exported, why, and what it would cost. Writes nothing but the counts that it asked the API for.
 *
 * Shape of the JSON: `{command, job, range: {from, to}, requestsPerMinute, sampling: {state, calls, kept, reason}, followed: {conversations, partitions, lookedAt}, partitions: [{partition, window: {from, to}, reason,
 * conversations, basis, calls, splits, rows, bytes}], notDue: {reason: partitions}, conversations, calls, minutes, splits, rows, bytes, otherSettings: [dt], notices: [text], calendar: [{month, days}]}`.
 */
export const plan: Command = {
  name: 'plan',
  positional: '<job>',
  summary: 'show what would be exported and why, with calls, minutes, rows and bytes; export nothing',
  options: {
    from: { describe: "first day, in the job's time zone", value: 'DATE', fallback: 'what run would look at' },
    to: { describe: 'day after the last', value: 'DATE' },
    offline: { describe: 'do not ask the API how many conversations there are; estimate from what was exported' },
    now: { describe: 'decide what is due as if it were this instant', value: 'ISO', fallback: 'the clock' },
  },
  async handle(context) {
    const { args, parts, screen, world, log } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { readRange } = await import('../arguments.js');
    const { planText } = await import('../planText.js');
    const { hasCredentials } = await import('../../config/clients.js');
    const { from, to } = readRange(args, false);
    const nowMs = args.instant('now');
    args.check();
    const { settings, job } = await parts.loadJob({ ...context, offline: true }, jobArgument(args));
    const opened = await parts.openJob({ world, settings, job, log });
    try {
      const found = await opened.plan({
        sampling: args.flag('offline') ? 'offline' : hasCredentials(settings) ? 'allowed' : 'no-credentials',
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(nowMs === undefined ? {} : { nowMs }),
      });
      screen.tell(context.asTyped(planText(found, screen.style, from === undefined || to === undefined ? undefined : `gcx backfill ${job.name} --from ${from} --to ${to}`)));
      screen.document({ command: 'plan', ...found });
    } finally {
      await opened.close();
    }
    return EXIT.done;
  },
};
