import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { SimulatorProcessOptions } from './simulatorProcess.js';

/** Path of a file of the repository. */
export const repositoryPath = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** A server in a process of its own. */
export interface ServerProcess {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const firstLine = async (child: ChildProcessByStdio<Writable, Readable, null>): Promise<string> => {
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the server ended before it said where it listens');
};

/** Starts a TypeScript server module that prints its base URL and ends with its standard input. */
export const startServer = async (module: string, options: object): Promise<ServerProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', repositoryPath(module), JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const baseUrl = await firstLine(child);
  return {
    baseUrl,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          resolve();
        });
        child.stdin.end();
      }),
  };
};

/** Starts the bundled simulator in a process of its own. */
export const startSimulatorProcess = (options: SimulatorProcessOptions): Promise<ServerProcess> => startServer('bench/simulatorProcess.ts', options);

/** What a finished process used. */
export interface Usage {
  readonly exitCode: number;
  readonly wallS: number;
  readonly userS: number;
  readonly systemS: number;
  /** Largest resident set, by the kernel's own account. */
  readonly peakRssMiB: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TICKS_PER_S = 100;

/** The last look at /proc before a process ends: its peak memory and processor time. */
const look = (pid: number): { peakRssMiB: number; userS: number; systemS: number } | undefined => {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return peak === undefined ? undefined : { peakRssMiB: Number(peak) / 1024, userS: Number(fields[11]) / TICKS_PER_S, systemS: Number(fields[12]) / TICKS_PER_S };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return undefined;
    throw error;
  }
};

/** Runs a program to its end and says what it used. Linux only: it reads /proc every 10 ms. */
export const measure = (command: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Usage> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(command, args, { ...options, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let last = { peakRssMiB: 0, userS: 0, systemS: 0 };
    const poll = setInterval(() => {
      last = (child.pid === undefined ? undefined : look(child.pid)) ?? last;
    }, 10);
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearInterval(poll);
      resolve({ exitCode: exitCode ?? -1, wallS: (performance.now() - startedMs) / 1000, ...last, stdout, stderr });
    });
  });
