import type { Job } from '../model/job.js';
import type { Settings } from '../model/settings.js';
import type { OpenJob } from './openedJob.js';
import type { CommonOptions } from './commonOptions.js';
import type { World } from './world.js';

/** What a configuration is read from. */
export interface ConfigurationRequest {
  readonly world: Pick<World, 'env' | 'cwd'>;
  readonly options: Pick<CommonOptions, 'config' | 'output'>;
  /** The command asks the API for nothing: credentials may be missing. */
  readonly offline?: boolean;
}

/** The components that commands run on; an argument, so that a command can be tested without files or a network. */
export interface Parts {
  readonly openJob: OpenJob;
  /** @throws ConfigError with every problem of both files. */
  loadJob(request: ConfigurationRequest, job: string): Promise<{ readonly settings: Settings; readonly job: Job }>;
  /** @throws ConfigError where the output folder cannot be written or made. Writes nothing. */
  checkOutput(root: string, dirMode: number): Promise<void>;
  /** Every job of the folder `jobs` beside the configuration file. @throws ConfigError */
  loadAllJobs(request: ConfigurationRequest): Promise<{ readonly settings: Settings; readonly jobs: readonly Job[] }>;
}
