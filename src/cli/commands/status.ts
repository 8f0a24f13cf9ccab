import { EXIT } from '../../model/errors.js';
import type { Command } from '../command.js';
import type { JobStatus, PartitionStatus } from '../openedJob.js';
import { messageLine } from '../outcomeLine.js';

/** What is committed of it is not there as it should be, by the disk's own word: a loader would load less. */
const unfitToLoad = ({ state, failure, filesAtFault }: PartitionStatus): string | null => filesAtFault ?? (state === 'damaged' ? (failure?.message ?? 'it is damaged') : null);

/**
 * `gcx status [job]`: what is on disk. Without a job, all of them.
 *
 * Shape of the JSON: `{command, jobs: [{job, source, folder, partitions: [{partition, state, version, rows, conversations, counts, changes: {changed, appeared, vanished}, isShort, asOf, asOfOrigin, waitsFor, dueFor,
 * lastLook: {at, result, calls, elapsedMs}, committedAt, failure, filesAtFault, files}], gaps: [{from, to, partitions, byRun}], totals, followed: {conversations, partitions, lookedAt}, ledger, notices, calendar: [{month, days}]}]}`; with --files `{command, files: [{job, path, table, format, rows, bytes, sha256}], unfit: [{job, partition, message}]}`.
 */
export const status: Command = {
  name: 'status',
  positional: '[job]',
  summary: "show each partition's state, rows, freshness and last failure; name the gaps, add up the counts",
  options: { files: { describe: 'print the absolute path of every current file, one a line, for loaders' } },
  examples: [['status nightly --files | xargs -d "\\n" ls -l', 'the current files']],
  async handle(context) {
    const { args, parts, screen, world, log } = context;
    args.check();
    const name = args.text('job');
    const loaded = name === undefined ? await parts.loadAllJobs({ ...context, offline: true }) : undefined;
    const one = name === undefined ? undefined : await parts.loadJob({ ...context, offline: true }, name);
    const settings = one?.settings ?? loaded?.settings;
    const jobs = one === undefined ? (loaded?.jobs ?? []) : [one.job];
    const found: JobStatus[] = [];
    for (const job of settings === undefined ? [] : jobs) {
      const opened = await parts.openJob({ world, settings: settings!, job, log });
      try {
        found.push(await opened.status());
      } finally {
        await opened.close();
      }
    }
    if (one === undefined && jobs.length === 0) screen.note('there is no job: jobs are YAML files in the folder jobs beside config.yaml');
    if (args.flag('files')) {
      const files = found.flatMap((state) => state.partitions.flatMap((partition) => partition.files.map((file) => ({ job: state.job, ...file }))));
      if (files.length > 0) screen.print(files.map((file) => file.path).join('\n'));
      const unfit = found.flatMap(({ job, partitions }) => partitions.flatMap((one) => {
        const message = unfitToLoad(one);
        return message === null ? [] : [{ job, partition: one.partition, message }];
      }));
      screen.document({ command: 'status', files, unfit });
      for (const { job, partition, message } of unfit) screen.note(messageLine(`${job} ${partition}: ${message}`));
      return unfit.length === 0 ? EXIT.done : EXIT.incomplete;
    }
    const { statusText } = await import('../statusText.js');
    screen.tell(context.asTyped(found.map((state) => statusText(state, screen.style)).join('\n\n')));
    screen.document({ command: 'status', jobs: found });
    return EXIT.done;
  },
};
