import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { whenFileEnds } from './leftovers.js';
import { temporaryFolder } from './temporaryFolder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'main.js');

const running = new Set<ChildProcess>();

/** What a command left behind. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Typed {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with stdout as soon as it holds the text. */
  shown(text: string): Promise<string>;
}

/** A person's shell: a folder, and the variables that are set in it. */
export interface Shell {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Types a command of the built product; its output is piped. Of the outer environment only PATH is there. */
export const type = ({ folder, env = {} }: Shell, argv: readonly string[]): Typed => {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: folder, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  // A test that fails half-way must not leave a server or a daemon behind.
  whenFileEnds(() => {
    if (running.has(child)) child.kill('SIGKILL');
  });
  const kept = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (kept.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (kept.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      running.delete(child);
      resolve({ exitCode, ...kept });
    });
  });
  return {
    child,
    ended,
    shown: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (kept.stdout.includes(text)) resolve(kept.stdout);
        };
        child.stdout.on('data', look);
        child.on('close', () => {
          reject(new Error(`ended before it said ${text}: ${kept.stderr}`));
        });
        look();
      }),
  };
};

/** Resolves once something is so that tells nobody when it happens; it is looked at every few milliseconds. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await wait(5);
};

/** Types a command and waits for its end. */
export const typed = (shell: Shell, argv: readonly string[]): Promise<Ended> => type(shell, argv).ended;

/** A fresh folder with the shipped configuration and jobs, unpaced and soon discouraged; `files` are put over them. */
export const shippedFolder = async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = await temporaryFolder();
  const config = await readFile(join(ROOT, 'config.yaml'), 'utf8');
  await writeFile(join(folder, 'config.yaml'), config.replace('requestsPerMinute: 300', 'requestsPerMinute: 100000').replace('maxAttempts: 6', 'maxAttempts: 2'));
  await cp(join(ROOT, 'jobs'), join(folder, 'jobs'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
};

/** Paths of the files in a folder, in order; folders that are empty do not count. */
export const filesIn = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
};

/** An origin at which nothing listens. */
export const deadOrigin = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
};
