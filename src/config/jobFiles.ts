import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { errnoCode } from '../model/errnoCode.js';
import { didYouMean } from './didYouMean.js';
import type { Reading } from './reading.js';
import { refused } from './reading.js';
import { explainFileError } from './textFile.js';

/** A job's file: its name, and where it is. */
export interface JobFile {
  /** A safe path segment: `^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The file as problems name it: a path as it was given, or `jobs/nightly.yaml`. */
  readonly shown: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const ENDING = /\.ya?ml$/i;

const jobFile = (path: string, shown: string): Reading<JobFile> => {
  const name = basename(path).replace(ENDING, '');
  if (!NAME.test(name)) return refused(shown, "the file's name is the job's name: expected letters, digits, - and _ (at most 64), a letter or digit first");
  return { value: { name, path, shown } };
};

const yamlFiles = async (folder: string): Promise<Reading<readonly string[]>> => {
  try {
    return { value: (await readdir(folder)).filter((name) => ENDING.test(name)).sort() };
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return { value: [] };
    return refused('jobs', `the folder ${explainFileError(error)} (${folder})`);
  }
};

/** What was given for a name: quoted where it could be read as something else. */
const shownName = (given: string): string => (/^[\p{L}\p{N}_.-]{1,64}$/u.test(given) ? given : JSON.stringify(given.length > 64 ? `${given.slice(0, 64)}…` : given));

const unknownJob = (given: string, known: readonly string[], folder: string): Reading<never> => {
  const visible = known.filter((name) => !name.startsWith('.'));
  const there = visible.length === 0 ? `no job is in ${folder}` : `the jobs there are: ${visible.join(', ')}`;
  return refused('<job>', `there is no job ${shownName(given)}${didYouMean(given, visible) || ';'} ${there}`);
};

/** The file of a `<job>` argument: the name of a job in the folder, or a path to a `.yaml` or `.yml` file; `cwd` is where relative paths start from. */
export const findJobFile = async (nameOrPath: string, jobsFolder: string, cwd: string): Promise<Reading<JobFile>> => {
  if (ENDING.test(nameOrPath)) return jobFile(resolve(cwd, nameOrPath), nameOrPath);
  const listed = await yamlFiles(jobsFolder);
  if ('problems' in listed) return listed;
  const known = [...new Set(listed.value.map((file) => file.replace(ENDING, '')))].sort();
  if (/[/\\]/.test(nameOrPath)) {
    const name = basename(nameOrPath);
    return refused('<job>', `expected the name of a job, or a path that ends in .yaml or .yml${known.includes(name) ? `; did you mean ${name}?` : ''}`);
  }
  const files = listed.value.filter((file) => file.replace(ENDING, '') === nameOrPath);
  if (files.length > 1) return refused('jobs', `${files.join(' and ')} are one job by name: keep one of them`);
  const [file] = files;
  return file === undefined ? unknownJob(nameOrPath, known, jobsFolder) : jobFile(join(jobsFolder, file), join(basename(jobsFolder), file));
};
