import type { Command } from '../command.js';

/** Two machines' clocks may differ by so much. */
const CLOCK_DIFFERENCE_MS = 300_000;

/** `gcx run <job>`: brings a job up to date once. JSON: see reportDocument. */
export const run: Command = {
  name: 'run',
  positional: '<job>',
  summary: 'bring a job up to date: export what is missing, provisional or inside the lookback',
  options: {
    now: { describe: 'decide what is due as if it were this instant', value: 'ISO', fallback: 'the clock' },
    'max-partitions': { describe: 'export at most so many partitions, the oldest first', value: 'N' },
    'require-settled': { describe: 'exit 4 where a partition in range is not settled after the run; it is exported all the same' },
  },
  examples: [
    ['run nightly', 'jobs/nightly.yaml'],
    ['run nightly --max-partitions 3', 'three partitions, then stop'],
  ],
  async handle(context) {
    const { args, parts, world } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { runAndReport } = await import('../runJob.js');
    const nowMs = args.instant('now');
    if (nowMs !== undefined && nowMs > world.clock.nowMs() + CLOCK_DIFFERENCE_MS) args.refuse({ where: '--now', what: 'lies in the future: what is not over yet cannot be exported' });
    const maxPartitions = args.whole('max-partitions', { min: 1, max: 1_000_000 });
    args.check();
    const { settings, job } = await parts.loadJob(context, jobArgument(args));
    return runAndReport(context, {
      command: 'run',
      settings,
      job,
      work: (opened) =>
        opened.run({
          ...(nowMs === undefined ? {} : { nowMs }),
          ...(maxPartitions === undefined ? {} : { maxPartitions }),
          ...(args.flag('require-settled') ? { requireSettled: true } : {}),
        }),
    });
  },
};
