import { resolve } from 'node:path';
import { EXIT } from '../../model/errors.js';
import type { Command, CommandContext } from '../command.js';
import type { CurrentFile } from '../openedJob.js';

const ROWS_SHOWN = 8;

const startImitation = async () => {
  const { createDataset } = await import('../../simulate/dataset.js');
  const { startSimulator } = await import('../../simulate/server.js');
  const { createManualClock } = await import('../../simulate/manualClock.js');
  const { DEMO } = await import('../demoJob.js');
  const { seed, from, days, conversationsPerDay } = DEMO;
  return startSimulator({
    clock: createManualClock(DEMO.simulatedNowMs, { autoAdvance: true }),
    dataset: createDataset({ seed, from, days, conversationsPerDay }),
    requestsPerMinute: 0,
    tokenRequestsPerMinute: 0,
    duplicateEvery: 4,
  });
};

const exportDays = async (context: CommandContext, baseUrl: string, root: string, force: boolean) => {
  const { DEMO, demoJob, demoSettings } = await import('../demoJob.js');
  const { runJob } = await import('../runJob.js');
  let files: readonly CurrentFile[] = [];
  const finished = await runJob(context, {
    command: 'demo',
    settings: demoSettings(baseUrl, root),
    job: demoJob,
    work: async (opened) => {
      const report = await (force ? opened.backfill({ from: DEMO.from, to: DEMO.to, force: true }) : opened.run({ nowMs: DEMO.dueMs }));
      const status = await opened.status();
      files = status.partitions.flatMap((partition) => partition.files);
      return report;
    },
  });
  return { ...finished, files };
};

/**
 * `gcx demo`: the imitation in this process, an export of two days from it, and a look at the result.
 *
 * Shape of the JSON: the document of `run`, and `files: [{path, table, format, rows, bytes, sha256}]`, `firstRows: [{column: value}]`.
 */
export const demo: Command = {
  name: 'demo',
  positional: '',
  summary: 'export two days of made-up data and look at the result; needs no configuration, network or credentials',
  options: { force: { describe: 'export the two days again where an earlier demo has' } },
  async handle(context) {
    const { args, options, screen, world } = context;
    args.check();
    const startedMs = world.clock.monotonicMs();
    const root = options.output ?? resolve(world.cwd, 'output');
    const { demoText } = await import('../demoText.js');
    const { lookAtParquet } = await import('../parquetLook.js');
    const simulator = await startImitation();
    try {
      const { exitCode, report, text, document, files } = await exportDays(context, simulator.baseUrl, root, args.flag('force'));
      const attributes = files.find((file) => file.table === 'participant_attributes' && file.format === 'parquet');
      const look = attributes === undefined ? undefined : await lookAtParquet(attributes.path, ROWS_SHOWN);
      // The report ends with the next commands for a job that has a file, which the demo has not: it has its own list.
      if (!options.json) screen.tell((await text()).replace(/\nnext: [^]*$/, ''));
      if (exitCode === EXIT.done) {
        const elapsedMs = world.clock.monotonicMs() - startedMs;
        screen.print(demoText({ root, cwd: world.cwd, files, look, nothingDue: report.due === 0, elapsedMs, program: world.program, again: context.asTyped('gcx demo --force') }, screen.style));
      }
      screen.document({ ...document, files, firstRows: look?.rows ?? [] });
      return exitCode;
    } finally {
      await simulator.close();
    }
  },
};
