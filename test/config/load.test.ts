import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadJob, loadSettings } from '../../src/config/load.js';
import { ConfigError } from '../../src/model/errors.js';

const CREDENTIALS = { GENESYS_CLIENT_ID: 'id', GENESYS_CLIENT_SECRET: 'canary-secret' };

let folder = '';
let jobs = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcx-load-'));
  jobs = join(folder, 'jobs');
  await mkdir(jobs);
  await writeFile(join(jobs, 'nightly.yaml'), 'source: { kind: next-page-url }\ntimezone: ${ZONE:-UTC}\n');
  await writeFile(join(jobs, 'hourly.yml'), 'source: { kind: page-number }\nwindow: 1h\n');
  await writeFile(join(jobs, 'twice.yaml'), '');
  await writeFile(join(jobs, 'twice.yml'), '');
  await writeFile(join(jobs, 'two words.yaml'), '');
  await writeFile(join(jobs, 'latin.yaml'), Buffer.from([0xe9, 0x3a, 0x20, 0x31]));
});
afterAll(() => rm(folder, { recursive: true }));

const refusal = async (promise: Promise<unknown>): Promise<ConfigError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
};

describe('a job argument', () => {
  it('is the name of a file in the folder, with either ending', async () => {
    expect((await loadJob('nightly', jobs)).name).toBe('nightly');
    expect((await loadJob('hourly', jobs)).window).toBe('1h');
  });

  it('is a path where it ends like one', async () => {
    expect((await loadJob(join(jobs, 'nightly.yaml'), '/nowhere')).name).toBe('nightly');
  });

  it('reads variables from the environment it is given', async () => {
    expect((await loadJob('nightly', jobs, { ZONE: 'Europe/Berlin' })).timezone).toBe('Europe/Berlin');
  });

  it('that is misspelt is answered with the jobs there are', async () => {
    const error = await refusal(loadJob('nigthly', jobs));
    expect(error.problems).toEqual([{ where: '<job>', what: 'there is no job nigthly; did you mean nightly? the jobs there are: hourly, latin, nightly, twice, two words' }]);
    expect(error.exitCode).toBe(2);
    expect((await refusal(loadJob('nightly', join(folder, 'none')))).message).toContain('no job is in');
  });

  it.each([
    ['twice', 'twice.yaml and twice.yml are one job by name'],
    ['two words', "the file's name is the job's name"],
    ['latin', 'is not UTF-8 text'],
    ['jobs/nightly', 'did you mean nightly?'],
    ['../nightly', 'expected the name of a job'],
    ['/nowhere/x.yaml', '/nowhere/x.yaml: there is no such file'],
    ['', 'there is no job'],
    ['a\0b.yaml', "the file's name"],
    [`${'x'.repeat(300)}.yaml`, "the file's name"],
    ['/nul\0l/x.yaml', 'is no path'],
    ['constructor', 'there is no job constructor'],
  ])('%j is refused', async (given, what) => {
    expect((await refusal(loadJob(given, jobs))).message).toContain(what);
  });

  it('that is a path is named as it was given, and read from where the program was started', async () => {
    await writeFile(join(folder, 'broken.yaml'), 'source: { kind: page-number }\nwindow: 2d\n');
    expect((await refusal(loadJob('../broken.yaml', '/nowhere', {}, jobs))).problems).toEqual([{ where: '../broken.yaml: window (line 2)', what: 'expected one of 1d, 1h; did you mean 1d?' }]);
    expect((await refusal(loadJob('j.yaml', jobs, {}, folder))).problems).toEqual([{ where: 'j.yaml', what: `there is no such file (${join(folder, 'j.yaml')})` }]);
  });

  it('never names a job that is no safe path segment', async () => {
    for (const name of ['..', '.hidden', '_ledger', 'a b', 'ä', '-x']) {
      const path = join(folder, `${name}.yaml`);
      await writeFile(path, 'source: { kind: page-number }');
      expect((await refusal(loadJob(path, jobs))).message).toContain("the file's name is the job's name");
    }
  });
});

describe('config.yaml', () => {
  it('that is not there is answered with where it was looked for', async () => {
    const error = await refusal(loadSettings(join(folder, 'config.yaml'), CREDENTIALS));
    expect(error.problems).toEqual([{ where: 'config.yaml', what: `there is no such file (${join(folder, 'config.yaml')})` }]);
    expect(error.remedy).toContain('--config');
    expect((await refusal(loadSettings(folder, CREDENTIALS))).message).toContain('is a folder');
  });

  it('in UTF-16 is answered with how it is to be saved', async () => {
    await writeFile(join(folder, 'wide.yaml'), Buffer.from('\ufeffoutput: { root: there }\r\n', 'utf16le'));
    const error = await refusal(loadSettings(join(folder, 'wide.yaml'), CREDENTIALS));
    expect([error.problems, error.remedy]).toEqual([[{ where: 'wide.yaml', what: 'is not UTF-8 text' }], expect.stringContaining('Save the file as UTF-8')]);
  });

  it('may begin with a byte order mark', async () => {
    await writeFile(join(folder, 'bom.yaml'), '\ufeffoutput: { root: there }\r\n');
    expect((await loadSettings(join(folder, 'bom.yaml'), CREDENTIALS)).output.root).toBe(join(folder, 'there'));
  });
});
