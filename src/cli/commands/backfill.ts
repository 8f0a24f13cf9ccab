import type { Command } from '../command.js';

/** `gcx backfill <job>`: exports a closed range. JSON: see reportDocument. */
export const backfill: Command = {
  name: 'backfill',
  positional: '<job>',
  summary: 'export a closed range of days, skipping what is settled',
  options: {
    from: { describe: "first day, in the job's time zone", value: 'DATE' },
    to: { describe: 'day after the last', value: 'DATE' },
    concurrency: { describe: 'partitions, or parts of them, at the same time, 1 to 16', value: 'N', fallback: "the job's" },
    force: { describe: 'export settled partitions again, too' },
  },
  examples: [['backfill nightly --from 2026-01-01 --to 2026-02-01', 'the whole of January']],
  async handle(context) {
    const { args, parts } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { readRange } = await import('../arguments.js');
    const { runAndReport } = await import('../runJob.js');
    const { from = '', to = '' } = readRange(args, true);
    const concurrency = args.whole('concurrency', { min: 1, max: 16 });
    args.check();
    const { settings, job } = await parts.loadJob(context, jobArgument(args));
    const options = [...(concurrency === undefined ? [] : ['--concurrency', String(concurrency)]), ...(args.flag('force') ? ['--force'] : [])];
    return runAndReport(context, {
      command: 'backfill',
      settings,
      job,
      again: ['gcx backfill', job.name, '--from', from, '--to', to, ...options].join(' '),
      work: (opened) => opened.backfill({ from, to, force: args.flag('force'), ...(concurrency === undefined ? {} : { concurrency }) }),
    });
  },
};
