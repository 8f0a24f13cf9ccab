import type { ExitCode } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Settings } from '../model/settings.js';
import { exitCodeOf, type JobReport } from '../run/report.js';
import type { CommandContext } from './command.js';
import { createProgress } from './createProgress.js';
import { LOG_LEVELS } from './logLevel.js';
import type { OpenedJob } from './openedJob.js';
import type { ProgressMode } from './progress.js';
import { reportDocument } from './reportDocument.js';
import { styleOf } from './screen.js';

/** What is run, and how. */
export interface RunRequest {
  readonly command: string;
  readonly settings: Settings;
  readonly job: Job;
  /** The command that goes on where this one stopped; absent: `gcx run <job>`. */
  readonly again?: string;
  readonly work: (job: OpenedJob) => Promise<JobReport>;
}

/** Lines of progress are of the level `info`: cron sends mail of whatever is written. */
const progressMode = ({ options, world }: CommandContext): ProgressMode => {
  if (options.json) return 'none';
  if (world.stderr.isTTY === true) return 'bar';
  return LOG_LEVELS.indexOf(options.logLevel) <= LOG_LEVELS.indexOf('info') ? 'lines' : 'none';
};

/** A finished run. */
export interface FinishedRun {
  readonly exitCode: ExitCode;
  readonly report: JobReport;
  /** The summary for people. Why not at once: what draws tables takes a while to load, and nobody sees them under --json. */
  readonly text: () => Promise<string>;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Runs a job with progress on stderr, and closes it. */
export const runJob = async (context: CommandContext, request: RunRequest): Promise<FinishedRun> => {
  const { world, screen, lines, log, parts } = context;
  let opened: OpenedJob | undefined;
  const progress = await createProgress({
    mode: progressMode(context),
    stderr: world.stderr,
    lines,
    clock: world.clock,
    unicode: styleOf(world.stderr, world.env).unicode,
    budget: () => opened?.httpStats() ?? { used: 0, allowed: 0 },
  });
  await parts.checkOutput(request.settings.output.root, request.settings.output.dirMode);
  try {
    opened = await parts.openJob({ world, settings: request.settings, job: request.job, log, onEvent: progress.onEvent });
    const report = await request.work(opened);
    const http = opened.httpStats();
    return {
      exitCode: exitCodeOf(report),
      report,
      text: async () => {
        const { reportText } = await import('./reportText.js');
        return reportText(report, http, screen.style, request.again);
      },
      document: reportDocument(request.command, report, http),
    };
  } finally {
    progress.stop();
    await opened?.close();
  }
};

/** Runs a job and shows its report. */
export const runAndReport = async (context: CommandContext, request: RunRequest): Promise<ExitCode> => {
  const finished = await runJob(context, request);
  if (!context.options.json) context.screen.tell(context.asTyped(await finished.text()));
  context.screen.document(finished.document);
  return finished.exitCode;
};
