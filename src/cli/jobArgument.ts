import { ConfigError } from '../model/errors.js';
import type { Arguments } from './arguments.js';

/** What to say where there is no job. */
export const JOB_MISSING = 'missing; give the name of a file in jobs/ or a path to a YAML file';

/** The `<job>` of a command line. @throws ConfigError where it is empty */
export const jobArgument = (args: Arguments): string => {
  const job = args.text('job');
  if (job === undefined || job === '') throw new ConfigError([{ where: '<job>', what: JOB_MISSING }]);
  return job;
};
