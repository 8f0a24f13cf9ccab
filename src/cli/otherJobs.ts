import { ConfigError } from '../model/errors.js';
import { plural } from './figures.js';
import type { Committed } from './jobWork.js';

/**
 * Makes sure that what is committed in a job's folder is of that job.
 *
 * Why: a folder that was renamed together with its job's file holds versions that name the job it was; versions of another on top of them would never be verified again.
 * @throws ConfigError
 */
export const refuseOtherJobs = (job: string, folder: string, committed: Committed): void => {
  const others = [...committed.values()].filter((manifest) => manifest.job !== job);
  const [first] = others;
  if (first === undefined) return;
  const jobs = new Set([...committed.values()].map((manifest) => manifest.job));
  // Renamed by a version that went on all the same: no name fits all that is there.
  const isMixed = jobs.size > 1;
  const names = [...jobs].filter((name) => name !== job).sort().join(', ');
  const which = others.length === 1 ? first.partition : `${plural(others.length, 'partition')} from ${first.partition} to ${others.at(-1)?.partition ?? ''}`;
  throw new ConfigError([{ where: folder, what: `this folder is of job ${names}: what is committed of ${which} names it, not ${job}; ${isMixed ? '' : 'keep the name, or '}export anew into another output` }], {
    remedy: `${isMixed ? 'Partitions of several jobs are there, and no name fits all of them: choose' : `Rename the folder and the job’s file back to ${first.job}, or choose`} another folder with --output or output.root.`,
  });
};
