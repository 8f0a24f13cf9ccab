import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

/** The built program. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A configuration on disk. */
export interface GcxFolder {
  readonly folder: string;
  readonly baseUrl: string;
  /** Content of jobs/job.yaml. */
  readonly job: object;
  readonly genesys?: object;
  readonly http?: object;
}

/** What an ended process left. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A gcx process under way. */
export interface GcxProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Writes config.yaml and jobs/job.yaml; output goes to `output` beside them. */
export const writeGcxFolder = async ({ folder, baseUrl, job, genesys, http }: GcxFolder): Promise<void> => {
  await mkdir(join(folder, 'jobs'), { recursive: true });
  await writeFile(join(folder, 'config.yaml'), stringify({ genesys: { baseUrl, clientId: 'demo', clientSecret: 'demo', ...genesys }, http: { requestsPerMinute: 100_000, ...http }, output: { root: 'output' } }), { mode: 0o600 });
  await writeFile(join(folder, 'jobs', 'job.yaml'), stringify(job));
};

/** Starts the built command line in a process of its own. `wrapper`: a command that runs it, e.g. `['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh']`. */
export const startGcx = (folder: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly wrapper?: readonly string[]; readonly nodeArgs?: readonly string[] } = {}): GcxProcess => {
  const [command = '', ...rest] = [...(options.wrapper ?? []), process.execPath, ...(options.nodeArgs ?? []), MAIN, ...args, '--config', join(folder, 'config.yaml')];
  const child = spawn(command, rest, { cwd: folder, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const kept = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (kept.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (kept.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      resolve({ exitCode, signal, ...kept });
    });
  });
  return { child, ended };
};

/** Runs it to its end. */
export const runGcx = (folder: string, args: readonly string[], options: Parameters<typeof startGcx>[2] = {}): Promise<Ended> => startGcx(folder, args, options).ended;
