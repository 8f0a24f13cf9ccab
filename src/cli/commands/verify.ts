import { join } from 'node:path';
import { EXIT } from '../../model/errors.js';
import { dayOf } from '../../model/partition.js';
import type { Command } from '../command.js';

/**
 * `gcx verify <job>`: re-hashes and re-reads every committed file. Exit code 4 on any difference.
 *
 * Shape of the JSON: `{command, job, exitCode, checked: {partitions, files, bytes, rows}, findings: [{severity: error | note, kind, path, what, remedy}]}`.
 */
export const verify: Command = {
  name: 'verify',
  positional: '<job>',
  summary: 're-hash and re-read every committed file against its manifest',
  options: {
    from: { describe: 'first day, as in dt=', value: 'DATE', fallback: 'everything' },
    to: { describe: 'day after the last', value: 'DATE' },
  },
  async handle(context) {
    const { args, parts, screen, world } = context;
    const { jobArgument } = await import('../jobArgument.js');
    const { readDays } = await import('../arguments.js');
    const { from, to } = readDays(args, false);
    args.check();
    const { settings, job } = await parts.loadJob({ ...context, offline: true }, jobArgument(args));
    const { verifyJob } = await import('../../audit/verifyJob.js');
    const { createNodeFiles } = await import('../../sink/nodeFiles.js');
    const { TABLES } = await import('../../extract/tables.js');
    const { verifyText } = await import('../verifyText.js');
    const { fileMode, dirMode, root } = settings.output;
    const audit = await verifyJob({
      files: createNodeFiles({ fileMode, dirMode }),
      job: job.name,
      jobFolder: join(root, job.name),
      tables: TABLES,
      nowMs: world.clock.nowMs(),
      modes: { fileMode, dirMode },
      signal: world.signal,
      ...(from === undefined || to === undefined
        ? {}
        : { partitions: (partition: string) => dayOf(partition) >= from && dayOf(partition) < to }),
    });
    const exitCode = audit.findings.some((finding) => finding.severity === 'error') ? EXIT.incomplete : EXIT.done;
    screen.tell(context.asTyped(verifyText(job.name, audit, screen.style)));
    screen.document({ command: 'verify', job: job.name, exitCode, ...audit });
    return exitCode;
  },
};
