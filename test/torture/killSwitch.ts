import { createRequire, syncBuiltinESMExports } from 'node:module';
import { appendFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into an exporter before its own code: kills its process at the nth file operation below a folder, before it, after it, or (a write) half way.
 * File operations of the main thread and of each lane thread are counted apart. Compiled by exporter.ts; imports nothing of this repository.
 *
 * Variables: GCX_TORTURE_ROOT, the folder; GCX_TORTURE_KILL, `main 17 before` or `lane 3 half`, empty: none; GCX_TORTURE_NOTES, a file that gets a line when it
 * kills (`kill main 17 before rename _manifests/…`), or, where it is not to kill, a line an operation (`operation main 17 rename _manifests/…`).
 */

const { GCX_TORTURE_ROOT: root = '/nowhere', GCX_TORTURE_KILL: plan = '', GCX_TORTURE_NOTES: notes = '/dev/null' } = process.env;
const thread = isMainThread ? 'main' : 'lane';
const [wantedThread, wantedNumber, when] = plan.split(' ');
const fatal = wantedThread === thread ? Number(wantedNumber) : 0;
let operations = 0;

const die = (what: string): never => {
  appendFileSync(notes, `kill ${thread} ${String(operations)} ${String(when)} ${what}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};

type Operation = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Counts the operation, and dies in it when it is the one. */
const counted = async (what: string, work: () => Promise<unknown>, half: () => Promise<unknown> = work): Promise<unknown> => {
  operations += 1;
  if (plan === '') appendFileSync(notes, `operation ${thread} ${String(operations)} ${what}\n`);
  const isLast = operations === fatal;
  if (isLast && when === 'before') die(what);
  const result = await (isLast && when === 'half' ? half() : work());
  if (isLast) die(what);
  return result;
};

const isOurs = (path: unknown): path is string => typeof path === 'string' && path.startsWith(root);
const short = (path: string): string => path.slice(root.length + 1);

const promises = createRequire(import.meta.url)('node:fs/promises') as Record<string, Operation>;
const paths = new WeakMap<object, string>();

for (const name of ['link', 'rename', 'unlink', 'mkdir', 'rmdir']) {
  const original = promises[name]!;
  promises[name] = (...args) => {
    const target = args.findLast(isOurs);
    return target === undefined ? original(...args) : counted(`${name} ${short(target)}`, () => original(...args));
  };
}

const originalOpen = promises['open']!;
promises['open'] = async (...args) => {
  const [path, flags] = args;
  if (!isOurs(path)) return originalOpen(...args);
  const open = async (): Promise<unknown> => {
    const handle = (await originalOpen(...args)) as object;
    paths.set(handle, short(path));
    return handle;
  };
  // Flags 0: only read.
  return flags === undefined || flags === 0 || flags === 'r' ? open() : counted(`open ${short(path)}`, open);
};
syncBuiltinESMExports();

const sample = (await originalOpen('/dev/null', 'r')) as FileHandle;
const prototype = Object.getPrototypeOf(sample) as Record<string, Operation>;
await sample.close();

for (const name of ['write', 'sync', 'datasync', 'truncate']) {
  const original = prototype[name]!;
  prototype[name] = function (this: unknown, ...args) {
    const path = paths.get(this as object);
    const work = (): Promise<unknown> => original.apply(this, args);
    if (path === undefined) return work();
    const [bytes, at, length] = args;
    const half = name === 'write' && bytes instanceof Uint8Array ? () => original.call(this, bytes, at, Math.floor(Number(length ?? bytes.length) / 2), null) : work;
    return counted(`${name} ${path}`, work, half);
  };
}
