import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { measure, repositoryPath } from './childProcess.js';
import { cpuS, exactly, median } from './exactUsage.js';

/** What starting costs. Units: milliseconds. */
export interface StartUp {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const MANY = 10;

/** Wall and processor time of a command from start to end: the mean of several, since the kernel counts in hundredths of a second. */
export const startToEnd = async (args: readonly string[]): Promise<StartUp> => {
  let cpu = 0;
  const walls: number[] = [];
  for (let run = 0; run < MANY; run++) {
    const usage = await exactly(() => measure(process.execPath, args));
    if (usage.exitCode !== 0) throw new Error(`exit ${String(usage.exitCode)}: ${usage.stderr}`);
    cpu += cpuS(usage);
    walls.push(usage.wallS * 1000);
  }
  return { wallMs: median(walls), cpuMs: (cpu / MANY) * 1000 };
};

const NS_PER_MS = 1_000_000;

/** Processor time so far of all threads of the process that is looked at. */
const cpuSoFarMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${String(pid)}/schedstat`, 'utf8');
  const main = Number(stat.split(' ')[0]) / NS_PER_MS;
  const all = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = all.slice(all.lastIndexOf(')') + 2).split(' ');
  return Math.max(main, (Number(fields[11]) + Number(fields[12])) * 10);
};

const oneFirstRequest = async (): Promise<StartUp> => {
  const folder = await mkdtemp(join(tmpdir(), 'gcx-start-'));
  const server = createServer();
  try {
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
    await mkdir(join(folder, 'jobs'));
    await writeFile(join(folder, 'config.yaml'), stringify({ genesys: { baseUrl: `http://127.0.0.1:${String(port)}`, clientId: 'demo', clientSecret: 'demo' } }));
    await writeFile(join(folder, 'jobs', 'bench.yaml'), stringify({ source: { kind: 'next-page-url' } }));
    return await new Promise<StartUp>((resolve, reject) => {
      const startedMs = performance.now();
      const child = spawn(process.execPath, [repositoryPath('dist/main.js'), 'run', 'bench', '--config', join(folder, 'config.yaml')], { cwd: folder, stdio: 'ignore' });
      let seen: StartUp | undefined;
      server.on('request', () => {
        seen ??= { wallMs: performance.now() - startedMs, cpuMs: cpuSoFarMs(child.pid!) };
        child.kill('SIGKILL');
      });
      child.on('exit', () => {
        if (seen === undefined) reject(new Error('the command ended before it asked for anything'));
        else resolve(seen);
      });
    });
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Wall and processor time of `gcx run` until a server sees its first request. */
export const startToFirstRequest = async (): Promise<StartUp> => {
  const all: StartUp[] = [];
  for (let run = 0; run < MANY; run++) all.push(await oneFirstRequest());
  return { wallMs: median(all.map((one) => one.wallMs)), cpuMs: median(all.map((one) => one.cpuMs)) };
};
