import { isDeepStrictEqual } from 'node:util';
import { ConfigError, EXIT } from '../../model/errors.js';
import type { Job } from '../../model/job.js';
import type { Settings } from '../../model/settings.js';
import type { Command, CommandContext } from '../command.js';
import { together } from '../together.js';

/** Jobs, each once: a name and a path may name the same one. It has one lock, and one place among the wake-ups. @throws ConfigError where two files are one job by name */
const eachOnce = (jobs: readonly Job[]): readonly Job[] => {
  const byName = new Map<string, Job>();
  const unlike = new Set<string>();
  for (const job of jobs) {
    const known = byName.get(job.name);
    if (known === undefined) byName.set(job.name, job);
    else if (!isDeepStrictEqual(known, job)) unlike.add(job.name);
  }
  if (unlike.size > 0) throw new ConfigError([...unlike].map((name) => ({ where: '[job..]', what: `two files that differ are one job by name, ${name}: name one of them only` })));
  return [...byName.values()];
};

const wantedJobs = async (context: CommandContext): Promise<{ readonly settings: Settings; readonly jobs: readonly Job[] }> => {
  const { args, parts } = context;
  const names = args.words('job');
  if (names.length === 0) {
    const { settings, jobs } = await parts.loadAllJobs(context);
    return { settings, jobs: jobs.filter((job) => job.schedule !== undefined) };
  }
  const loaded = await together([...new Set(names)].map((name) => parts.loadJob(context, name)));
  const settings = loaded[0]?.settings;
  if (settings === undefined) throw new ConfigError([{ where: '[job..]', what: 'names no job' }]);
  return { settings, jobs: eachOnce(loaded.map(({ job }) => job)) };
};

/**
 * `gcx schedule [job…]`: the daemon. Without jobs, all that have a schedule. What it does is in the log; each run's report goes to stdout.
 *
 * Shape of the JSON: NDJSON, the document of `run` for each run, on a line of its own; where the daemon itself fails, `{error}` on the last.
 */
export const schedule: Command = {
  name: 'schedule',
  positional: '[job..]',
  summary: 'run jobs at their times, until stopped',
  options: {},
  jsonLines: true,
  examples: [['schedule', 'every job that has a schedule'], ['schedule nightly weekly', 'these two']],
  async handle(context) {
    const { args, parts, world } = context;
    args.check();
    const { settings, jobs } = await wantedJobs(context);
    await parts.checkOutput(settings.output.root, settings.output.dirMode);
    const { runDaemon } = await import('../../schedule/daemon.js');
    const { createNodeCron } = await import('../../schedule/nodeCron.js');
    const { daemonLog } = await import('../daemonLog.js');
    const { runAndReport } = await import('../runJob.js');
    const { stackOf } = await import('../sourceStack.js');
    const log = daemonLog(context);
    const byName = new Map(jobs.map((job) => [job.name, job]));
    await runDaemon({
      jobs,
      cron: createNodeCron(log, world.clock),
      clock: world.clock,
      log,
      signal: world.signal,
      stackOf,
      runJob: async (name) => {
        const job = byName.get(name);
        if (job === undefined) throw new ConfigError([{ where: name, what: 'is not a job of this daemon' }]);
        return {
          exitCode: await runAndReport({ ...context, log }, { command: 'run', settings, job, work: (opened) => opened.run({}) }),
        };
      },
    });
    return EXIT.done;
  },
};
