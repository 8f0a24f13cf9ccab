import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAllJobs } from '../../src/cli/loadConfiguration.js';
import { hasCredentials } from '../../src/config/clients.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** A file that this user cannot read as a secret: not there, or open to others. */
const SECRET_FILES = ['nowhere/secret', 'config.yaml'] as const;

const settingsOf = async (config: string, env: Readonly<Record<string, string>>) => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'jobs'));
  await writeFile(join(cwd, 'config.yaml'), config);
  return (await loadAllJobs({ world: { env, cwd }, options: { config: join(cwd, 'config.yaml'), output: undefined }, offline: true })).settings;
};

describe('credentials of a command that can do without', () => {
  it('are told apart from what stands in for them', async () => {
    const both = { GENESYS_CLIENT_ID: 'id', GENESYS_CLIENT_SECRET: 'secret' };
    expect(hasCredentials(await settingsOf('{}', both))).toBe(true);
    expect(hasCredentials(await settingsOf('{}', {}))).toBe(false);
    expect(hasCredentials(await settingsOf('{}', { GENESYS_CLIENT_ID: 'id' }))).toBe(false);
    expect(hasCredentials(await settingsOf('{}', { GENESYS_CLIENT_SECRET: 'secret' }))).toBe(false);
  });

  it('count only where every client of a list has them', async () => {
    const config = 'genesys: { clients: [{ clientId: "${A}", clientSecret: "${B}" }, { clientId: c, clientSecret: "${D}" }] }';
    expect(hasCredentials(await settingsOf(config, { A: 'a', B: 'b', D: 'd' }))).toBe(true);
    expect(hasCredentials(await settingsOf(config, { A: 'a', B: 'b' }))).toBe(false);
  });

  it.each(SECRET_FILES)('are not asked for where the file that holds them cannot be used: %s', async (name) => {
    expect(hasCredentials(await settingsOf(`genesys: { clientId: an-id, clientSecretFile: ${name} }`, {}))).toBe(false);
    expect(hasCredentials(await settingsOf(`genesys: { clients: [{ clientId: an-id, clientSecretFile: ${name} }] }`, {}))).toBe(false);
  });

  it('may have a file that a variable names, which is not set', async () => {
    expect(hasCredentials(await settingsOf('genesys: { clientId: an-id, clientSecretFile: "${SECRET_FILE}" }', {}))).toBe(false);
  });
});
