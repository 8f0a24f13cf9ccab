import { backfillCommand } from '../model/backfillCommand.js';
import type { Job } from '../model/job.js';
import { dayOf } from '../model/partition.js';
import type { Window } from '../model/window.js';
import { cutOtherwise, otherCutsText } from '../plan/otherCuts.js';
import { plural } from './figures.js';
import type { Committed } from './jobWork.js';
import { otherSettingsNotices } from './otherSettings.js';

/** What is known of a job's partitions. */
export interface KnownPartitions {
  readonly committed: Committed;
  /** Paths of those whose last attempt failed. */
  readonly failed: Iterable<string>;
  /** Paths of settled ones that the next run exports again, as conversations in them were open or have changed. */
  readonly changed: Iterable<string>;
}

/** What the reader should know of days that are not done and that no run looks at, as the job starts after them by now; none: nothing. */
const beforeStartNotices = (job: Pick<Job, 'name' | 'start'>, { committed, failed, changed }: KnownPartitions): readonly string[] => {
  const byRun = new Set(changed);
  const daysBefore = (paths: readonly string[]): ReadonlySet<string> => new Set(paths.map(dayOf).filter((day) => job.start !== undefined && day < job.start));
  const provisional = daysBefore([...committed].flatMap(([path, { state }]) => (state === 'provisional' ? [path] : [])));
  const notDone = daysBefore([...failed].filter((path) => !byRun.has(path)));
  const days = [...new Set([...provisional, ...notDone])].sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const how = [...(provisional.size > 0 ? ['provisional'] : []), ...(notDone.size > 0 ? ['failed'] : [])].join(' or ');
  const one = first === last;
  return [`${plural(days.length, `${how} day`)} (${one ? first : `${first} to ${last}`}) ${one ? 'lies' : 'lie'} before start: no run looks at ${one ? 'it' : 'them'}; to export ${one ? 'it' : 'them'}: ${backfillCommand(job.name, first, last)}`];
};

/** What the reader of a plan or status should know of partitions that do not go with the job as it is now, and are cut as it cuts time. */
export const settingsNotices = (job: Job, known: KnownPartitions): readonly string[] => [...otherSettingsNotices(job, known.committed), ...beforeStartNotices(job, known)];

/** What the reader of a status should know of partitions that do not go with the job as it is now. */
export const committedNotices = (job: Job, known: KnownPartitions, wanted: readonly Window[]): readonly string[] => {
  const others = cutOtherwise(job, known.committed, wanted);
  return others.length > 0 ? [otherCutsText(job, others, known.committed)] : settingsNotices(job, known);
};
