import { basename, dirname, resolve } from 'node:path';
import { ConfigError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Settings } from '../model/settings.js';
import { parseJob } from './job.js';
import { findJobFile } from './jobFiles.js';
import type { Reading } from './reading.js';
import { parseSettings } from './settings.js';
import { decodeText, readBytes } from './textFile.js';
import type { Environment } from './variables.js';

/** What the command line puts in place of the file's values. */
export interface SettingsOverrides {
  /** Absolute; in place of `output.root`. */
  readonly outputRoot?: string;
  /** Nothing is sent: credentials may be missing. */
  readonly offline?: boolean;
}

const REMEDY = 'docs/configuration.md describes every key and variable.';

const JOB_REMEDY = 'Give the name of a file in the folder jobs beside the configuration file, or the path of a YAML file.';

const valueOf = <T>(reading: Reading<T>, remedy: string = REMEDY): T => {
  if ('value' in reading) return reading.value;
  throw new ConfigError(reading.problems, { remedy });
};

const ENCODING_REMEDY = 'Save the file as UTF-8; some editors call UTF-16 “Unicode”.';

/** The text of a file; where there is none, `remedy` helps. */
const textOf = async (path: string, shown: string, remedy: string): Promise<string> => valueOf(decodeText(valueOf(await readBytes(path, shown), remedy), shown), ENCODING_REMEDY);

/** Reads config.yaml, and the environment where the file leaves gaps. @throws ConfigError with every problem in them */
export const loadSettings = async (file: string, env: Environment, overrides: SettingsOverrides = {}): Promise<Settings> => {
  const path = resolve(file);
  const shown = basename(path);
  const text = await textOf(path, shown, 'Give the path of the configuration file with --config.');
  return valueOf(await parseSettings({ text, file: shown, folder: dirname(path), env, output: overrides.outputRoot, offline: overrides.offline ?? false }));
};

/**
 * Reads a job: the name of a file in the folder of jobs, or a path to a YAML file. `env` is what `${NAME}` is read from, `cwd` where a relative path starts from.
 *
 * @throws ConfigError with every problem in it; the jobs there are, where the name is none
 */
export const loadJob = async (nameOrPath: string, jobsFolder: string, env: Environment = {}, cwd = ''): Promise<Job> => {
  const { name, path, shown } = valueOf(await findJobFile(nameOrPath, jobsFolder, cwd), JOB_REMEDY);
  const text = await textOf(path, shown, JOB_REMEDY);
  return valueOf(parseJob({ text, file: shown, name, env }));
};
