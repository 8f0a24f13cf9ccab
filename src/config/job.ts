import type { Job } from '../model/job.js';
import { explainIssues } from './issues.js';
import { CHECKS_TOTAL, CONCURRENCY, FALLBACK_COMPRESSION, JobShape, PAGE_SIZES } from './jobShape.js';
import type { JobContent } from './jobShape.js';
import type { Reading } from './reading.js';
import type { Environment } from './variables.js';
import { readYamlTree } from './yamlTree.js';

/** A jobs/<name>.yaml and what its variables are replaced from. */
export interface JobText {
  readonly text: string;
  /** Names the file in problems. */
  readonly file: string;
  readonly name: string;
  readonly env: Environment;
}

const jobOf = (name: string, content: JobContent): Job => {
  const { source, parquet, schedule, completeness } = content;
  return {
    name,
    source: {
      kind: source.kind,
      pageSize: source.pageSize ?? PAGE_SIZES[source.kind].fallback,
      filters: source.filters,
      maxResults: source.maxResults,
      maxIntervalMs: source.maxInterval,
      parts: source.parts,
      pollMs: source.pollInterval,
      jobTimeoutMs: source.jobTimeout,
    },
    start: content.start,
    window: content.window,
    timezone: content.timezone,
    settleMs: content.settle,
    lookbackMs: content.lookback,
    tables: content.tables,
    formats: content.formats,
    parquet: { engine: parquet.engine, compression: parquet.compression ?? FALLBACK_COMPRESSION[parquet.engine], rowGroupRows: parquet.rowGroupRows },
    csv: content.csv,
    participants: content.participants,
    schedule: schedule === undefined ? undefined : { cron: schedule.cron, timezone: schedule.timezone ?? content.timezone },
    onBadRecord: content.onBadRecord,
    completeness: { checkTotal: completeness.checkTotal ?? CHECKS_TOTAL[source.kind], tolerance: completeness.tolerance / 100, answerTotals: completeness.answerTotals },
    openConversations: { maxAgeMs: content.openConversations.maxAge },
    concurrency: content.concurrency ?? CONCURRENCY[source.kind],
  };
};

/** Reads a job file; every problem at once. */
export const parseJob = ({ text, file, name, env }: JobText): Reading<Job> => {
  const tree = readYamlTree(text, file, env);
  const parsed = JobShape.safeParse(tree.value);
  const problems = [...tree.problems, ...explainIssues(parsed.error?.issues ?? [], tree, JobShape)];
  return parsed.success && problems.length === 0 ? { value: jobOf(name, parsed.data) } : { problems };
};
