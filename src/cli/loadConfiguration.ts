import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadJob as loadJobFile, loadSettings } from '../config/load.js';
import { errnoCode } from '../model/errnoCode.js';
import { ConfigError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Settings } from '../model/settings.js';
import type { ConfigurationRequest } from './parts.js';
import { together } from './together.js';

const YAML = /\.ya?ml$/;

const jobsFolderOf = ({ options }: ConfigurationRequest): string => join(dirname(options.config), 'jobs');

const settingsOf = async (request: ConfigurationRequest): Promise<Settings> =>
  loadSettings(request.options.config, request.world.env, {
    ...(request.options.output === undefined ? {} : { outputRoot: request.options.output }),
    offline: request.offline ?? false,
  });

const jobOf = async (request: ConfigurationRequest, nameOrPath: string): Promise<Job> =>
  loadJobFile(nameOrPath, jobsFolderOf(request), request.world.env, request.world.cwd);

/** The settings and one job. @throws ConfigError with every problem of both files */
export const loadJob = async (request: ConfigurationRequest, nameOrPath: string): Promise<{ readonly settings: Settings; readonly job: Job }> => {
  const [settings, job] = await together([settingsOf(request), jobOf(request, nameOrPath)]);
  return { settings, job };
};

const jobNames = async (folder: string): Promise<readonly string[]> => {
  try {
    const names = await readdir(folder);
    const jobs = names.filter((name) => YAML.test(name) && !name.startsWith('.')).map((name) => name.replace(YAML, ''));
    return [...new Set(jobs)].sort();
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return [];
    throw new ConfigError([{ where: folder, what: 'cannot be read' }], { cause: error });
  }
};

/** The settings and every job of the folder `jobs` beside the configuration file. @throws ConfigError with every problem of all files */
export const loadAllJobs = async (request: ConfigurationRequest): Promise<{ readonly settings: Settings; readonly jobs: readonly Job[] }> => {
  const names = await jobNames(jobsFolderOf(request));
  const [settings, jobs] = await together([settingsOf(request), together(names.map((name) => jobOf(request, name)))]);
  return { settings, jobs };
};
