import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/model/errors.js';
import { closeAfterTest } from '../support/apiBench.js';
import { MAIN, startGcx, writeGcxFolder } from '../support/gcxProcess.js';
import { listingLoads, readLoads, staticLoads } from '../support/loadedFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** What only writing, reading back, drawing, scheduling or time zones need. */
const LATER = ['apache-arrow', 'cli-progress', 'cli-table3', 'csv-stringify', 'flatbuffers', 'hyparquet', 'hyparquet-compressors', 'luxon', 'node-cron', 'parquet-wasm', 'parquetjs-lite'];
const KIB = 1024;

describe('starting loads no more than it needs', () => {
  it.each([[['--help']], [['run', '--help']], [['--version']]])('gcx %j: no package at all', async (args) => {
    const folder = await temporaryFolder();
    const { stdout } = await promisify(execFile)(process.execPath, [...listingLoads(join(folder, 'loads')), MAIN, ...args]);
    expect(stdout).toMatch(/^(gcx|\d)/);
    const loads = readLoads(join(folder, 'loads'));
    expect(loads.packages).toEqual([]);
    expect(loads.bytes).toBeLessThan(150 * KIB);
  });

  it('gcx run, up to its first request: what reads a configuration and speaks HTTP', async () => {
    const folder = await temporaryFolder();
    const server = createServer();
    closeAfterTest(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    await writeGcxFolder({ folder, baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, job: { source: { kind: 'next-page-url' } } });
    const run = startGcx(folder, ['run', 'job', '--log-level', 'silent'], { nodeArgs: listingLoads(join(folder, 'loads')) });
    server.once('request', () => run.child.kill('SIGTERM'));
    expect((await run.ended).exitCode).toBe(EXIT.interrupted);
    const loads = readLoads(join(folder, 'loads'));
    expect(loads.packages).toEqual(expect.arrayContaining(['undici', 'yaml', 'zod']));
    expect(loads.packages.filter((name) => LATER.includes(name))).toEqual([]);
    expect(loads.sources.filter((source) => /undici\/lib\/(?:web\/fetch\/index|web\/websocket|mock|cache|interceptor)|zod\/v4\/locales\/(?!en\.)/.test(source))).toEqual([]);
    expect(loads.bytes).toBeLessThan(1_800 * KIB);
    expect(loads.files).toBeLessThan(60);
  });

  it('a lane thread: no package before its first page, and nothing that speaks HTTP or reads configurations', () => {
    const loads = staticLoads(join(dirname(MAIN), 'cli', 'laneThread.js'));
    expect(loads.packages).toEqual([]);
    expect(loads.sources.filter((source) => /src\/(?:config|plan|state|schedule|simulate|audit)\//.test(source))).toEqual([]);
    expect(loads.bytes).toBeLessThan(500 * KIB);
    expect(loads.files).toBeLessThan(30);
  });
});

it.skipIf(!existsSync('/dev/full'))('a result that cannot be written is told in one line, and the exit code says so; a reader that went away is nothing', async () => {
  const run = promisify(execFile);
  const full: unknown = await run('sh', ['-c', `'${process.execPath}' '${MAIN}' --version > /dev/full`]).catch((error: unknown) => error);
  expect(full).toMatchObject({ code: 4, stderr: 'gcx: the result cannot be written to stdout (ENOSPC); what was done is done\n' });
  expect(await run('sh', ['-c', `'${process.execPath}' '${MAIN}' --help | head -1`])).toMatchObject({ stderr: '' });
});
