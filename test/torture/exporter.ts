import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const repository = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The product as it was built when the torture began: a rebuild meanwhile changes nothing. */
export interface Product {
  readonly main: string;
  readonly killSwitch: string;
}

/** Copies the built product to a folder, and compiles the kill switch beside it. */
export const installProduct = async (folder: string): Promise<Product> => {
  await mkdir(folder, { recursive: true });
  await cp(repository('dist'), join(folder, 'dist'), { recursive: true });
  await cp(repository('package.json'), join(folder, 'package.json'));
  await symlink(repository('node_modules'), join(folder, 'node_modules'));
  const source = await readFile(new URL('killSwitch.ts', import.meta.url), 'utf8');
  const killSwitch = join(folder, 'killSwitch.mjs');
  await writeFile(killSwitch, ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText);
  return { main: join(folder, 'dist', 'main.js'), killSwitch };
};

/** How an exporter is stopped, if at all. */
export type Stop =
  | { readonly by: 'nothing' }
  /** A signal, so long after its start. */
  | { readonly by: 'time'; readonly signal: 'SIGKILL' | 'SIGTERM'; readonly afterMs: number }
  /** SIGKILL at a file operation. */
  | { readonly by: 'operation'; readonly thread: 'main' | 'lane'; readonly n: number; readonly when: 'before' | 'after' | 'half' };

/** What became of an exporter. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wallMs: number;
  /** From the signal to the end; undefined where no signal was sent. */
  readonly stoppingMs: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of the kill switch. */
  readonly notes: readonly string[];
}

/** An exporter's command line and where it lives. */
export interface ExporterOptions {
  readonly product: Product;
  /** Holds config.yaml, jobs and the output; given to the child as its working directory. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly stop: Stop;
  /** Loads the kill switch even where nothing is killed by it: it notes the operations. */
  readonly note?: boolean;
}

const planOf = (stop: Stop): string => (stop.by === 'operation' ? `${stop.thread} ${String(stop.n)} ${stop.when}` : '');

/** Runs an exporter to its end, natural or not. */
export const runExporter = async ({ product, folder, args, stop, note = false }: ExporterOptions): Promise<Ended> => {
  const notesPath = join(folder, 'notes.txt');
  await writeFile(notesPath, '');
  const preload = stop.by === 'operation' || note ? ['--import', product.killSwitch] : [];
  const env = { ...process.env, GCX_TORTURE_ROOT: join(folder, 'output'), GCX_TORTURE_KILL: planOf(stop), GCX_TORTURE_NOTES: notesPath };
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...preload, product.main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let signalledMs: number | undefined;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const timer =
    stop.by === 'time'
      ? setTimeout(() => {
          signalledMs = performance.now();
          child.kill(stop.signal);
        }, stop.afterMs)
      : undefined;
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  const endedMs = performance.now();
  const notes = (await readFile(notesPath, 'utf8')).split('\n').filter((line) => line !== '');
  return { exitCode, signal, wallMs: endedMs - startedMs, stoppingMs: signalledMs === undefined ? undefined : endedMs - signalledMs, stdout, stderr, notes };
};
