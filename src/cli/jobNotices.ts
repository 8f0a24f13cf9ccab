import type { Job } from '../model/job.js';
import type { Window } from '../model/window.js';
import { cutOtherwise, otherCutsText } from '../plan/otherCuts.js';
import type { Committed } from './jobWork.js';
import { otherSettingsNotices } from './otherSettings.js';

/** What the reader of a status should know of committed partitions that do not go with the job as it is now. */
export const committedNotices = (job: Job, committed: Committed, wanted: readonly Window[]): readonly string[] => {
  const others = cutOtherwise(job, committed, wanted);
  return others.length > 0 ? [otherCutsText(job, others, committed)] : otherSettingsNotices(job, committed);
};
