import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/cli.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import type { Row } from '../../src/model/table.js';
import { createExportedJob, type ExportedJob } from '../support/exportedJob.js';
import { fakeWorld } from '../support/fakeWorld.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const DAY = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };
const RANGE = '--from 2026-01-05 --to 2026-01-07';

const attribute = (id: string, name: string, value: string): Row => [id, 'p', name, value, Date.UTC(2026, 0, 5, 12), 'customer', null, false];

let here: ExportedJob;
let there: ExportedJob;
let folder = '';
beforeEach(async () => {
  [here, there, folder] = await Promise.all([createExportedJob('nightly'), createExportedJob('nightly'), temporaryFolder()]);
  await mkdir(join(folder, 'jobs'));
  await writeFile(join(folder, 'config.yaml'), `output: { root: ${JSON.stringify(dirname(here.folder))} }\n`);
  const job = (more: string): string => `source: { kind: job-cursor }\ntables: [participant_attributes]\n${more}`;
  await writeFile(join(folder, 'jobs', 'nightly.yaml'), job(''));
  await writeFile(join(folder, 'jobs', 'berlin.yaml'), job('timezone: Europe/Berlin\n'));
  await writeFile(join(folder, 'jobs', 'other.yaml'), 'source: { kind: job-cursor }\ntables: [conversations]\n');
});
afterEach(async () => {
  await Promise.all([here.remove(), there.remove()]);
});

const gcx = async (line: string): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> => {
  const world = fakeWorld({ cwd: folder });
  const exitCode = await runCli(line.split(' '), world.world);
  return { exitCode, stdout: world.stdout(), stderr: world.stderr() };
};

const commit = async (job: ExportedJob, ...rows: readonly Row[]): Promise<void> => {
  await job.commit({ ...DAY, contents: [{ table: participantAttributes, format: 'csv', parts: [rows] }] });
};

describe('gcx compare', () => {
  it('says that two exports are equal, without credentials, with exit code 0', async () => {
    await commit(here, attribute('a', 'x', '1'));
    await commit(there, attribute('a', 'x', '1'));
    const { exitCode, stdout } = await gcx(`compare nightly --with-output ${dirname(there.folder)} ${RANGE}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('equal (1 day, 1 row)');
  });

  it('lists what differs by conversation, with exit code 4 and no value', async () => {
    await commit(here, attribute('a', 'x', 'canary-1'), attribute('b', 'y', 'canary-2'));
    await commit(there, attribute('a', 'x', 'canary-3'));
    await here.commit({ partition: 'dt=2026-01-06', window: { from: '2026-01-06T00:00:00.000Z', to: '2026-01-07T00:00:00.000Z' }, contents: [] });
    const { exitCode, stdout } = await gcx(`compare nightly --with-output ${dirname(there.folder)} ${RANGE}`);
    expect(exitCode).toBe(4);
    expect(stdout.replaceAll(here.folder, '<here>').replaceAll(there.folder, '<there>')).toMatchInlineSnapshot(`
      "here: <here>, there: <there>, 2026-01-05 up to but not including 2026-01-07

      table                   rows here  there  only here  only there  differing  conversations
      participant_attributes          2      1          1           0          1              2

      participant_attributes:
        dt=2026-01-05  a  differs: 1 row differing (value)
        dt=2026-01-05  b  only here: 1 row

      dt=2026-01-06: 24 h is exported here, nothing there

      2 rows and 1 day differ (1 day compared)
      "
    `);
    const json = await gcx(`compare nightly --json --with-output ${dirname(there.folder)} ${RANGE}`);
    expect(JSON.parse(json.stdout)).toMatchObject({ command: 'compare', exitCode: 4, equal: false, days: 1, tables: [{ rows: { onlyHere: 1, onlyThere: 0, differing: 1 } }] });
    expect(stdout + json.stdout).not.toContain('canary');
  });

  it('tells what is wrong with both jobs and their configuration at once, each once', async () => {
    await writeFile(join(folder, 'config.yaml'), 'htp: {}\n');
    await writeFile(join(folder, 'jobs', 'nightly.yaml'), 'source: { kind: job-cursor }\nwindow: 2d\n');
    const { exitCode, stderr } = await gcx(`compare nightly --with nobody ${RANGE}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('gcx: 3 problems');
    expect(stderr.match(/config\.yaml: htp \(line 1\)/g)).toHaveLength(1);
    expect(stderr).toContain('jobs/nightly.yaml: window (line 2)');
    expect(stderr).toContain('there is no job nobody');
  });

  it.each(['Etc/UTC', 'utc'])('takes %s for the time zone that it is', async (zone) => {
    await writeFile(join(folder, 'jobs', 'spelt.yaml'), `source: { kind: job-cursor }\ntables: [participant_attributes]\ntimezone: ${zone}\n`);
    const { stderr } = await gcx(`compare nightly --with spelt ${RANGE}`);
    expect(stderr).toContain('neither nightly nor spelt has exported a day');
  });

  it('shows values when asked, without control characters', async () => {
    await commit(here, attribute('a', 'x', 'red\u001b[31m'));
    await commit(there, attribute('a', 'x', ''));
    const { stdout } = await gcx(`compare nightly --show-values --with-output ${dirname(there.folder)} ${RANGE}`);
    expect(stdout).toContain('participant_id="p" name="x" value: "red\\u001b[31m" here, "" there');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    [`compare nightly ${RANGE}`, '--with: missing'],
    [`compare nightly --with nightly ${RANGE}`, 'it is the same export'],
    [`compare nightly --with berlin ${RANGE}`, 'those of Europe/Berlin'],
    [`compare nightly --with other ${RANGE}`, 'no table in common'],
    [`compare nightly --with weekly ${RANGE}`, 'weekly'],
    ['compare nightly --with other', '--from: missing'],
    ['compare nightly --with other --from 2026-01-05T00:00:00Z --to 2026-01-07', 'expected a whole day'],
    [`compare nightly --with other --tables participants_attributes ${RANGE}`, 'did you mean participant_attributes'],
    [`compare nightly --with-output /nowhere --tables segments ${RANGE}`, 'nightly does not export segments'],
    [`compare nightly --with other --limit many ${RANGE}`, '--limit: "many" is not a whole number'],
    [`compare nightly --with-output /nowhere ${RANGE}`, 'has exported a day from 2026-01-05 to 2026-01-07'],
  ])('refuses `gcx %s` with exit code 2', async (line, message) => {
    const { exitCode, stdout, stderr } = await gcx(line);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
