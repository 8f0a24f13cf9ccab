import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadJob, loadSettings } from '../../src/config/load.js';
import { TABLE_NAMES } from '../../src/model/table.js';

const repository = join(import.meta.dirname, '../..');
const jobs = join(repository, 'jobs');

describe('the files that come with the product', () => {
  it('reach Genesys Cloud once the two credentials are in the environment', async () => {
    const settings = await loadSettings(join(repository, 'config.yaml'), { GENESYS_CLIENT_ID: 'an-id', GENESYS_CLIENT_SECRET: 'a-secret' });
    expect(settings.genesys).toMatchObject({ baseUrl: 'https://api.mypurecloud.com', loginUrl: 'https://login.mypurecloud.com', clientId: 'an-id' });
    expect(settings.genesys.clientSecret.reveal()).toBe('a-secret');
    expect(settings.output).toEqual({ root: join(repository, 'output'), fileMode: 0o600, dirMode: 0o700 });
  });

  it('name both variables where neither is set', async () => {
    await expect(loadSettings(join(repository, 'config.yaml'), {})).rejects.toMatchObject({
      problems: [{ what: expect.stringContaining('GENESYS_CLIENT_ID') as string }, { what: expect.stringContaining('GENESYS_CLIENT_SECRET') as string }],
    });
  });

  it('export yesterday from a gateway with links, or from the asynchronous job, and history with every table', async () => {
    expect(await loadJob('nightly', jobs, {})).toMatchObject({ name: 'nightly', source: { kind: 'next-page-url', pageSize: 100 }, lookbackMs: 259_200_000, start: undefined });
    expect(await loadJob('nightly-async', jobs, {})).toMatchObject({ source: { kind: 'job-cursor', pageSize: 1_000, pollMs: 2_000 }, schedule: { cron: '45 2 * * *', timezone: 'UTC' } });
    expect(await loadJob('backfill', jobs, {})).toMatchObject({ source: { kind: 'job-cursor' }, tables: TABLE_NAMES, participants: { purposes: 'all' }, schedule: undefined });
  });

  it('tell editors their schema in the first line', async () => {
    expect(await readFile(join(repository, 'config.yaml'), 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\/schema\/config\.schema\.json\n/);
    for (const file of await readdir(jobs)) {
      expect(await readFile(join(jobs, file), 'utf8'), file).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/job\.schema\.json\n/);
    }
  });
});
