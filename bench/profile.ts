import { existsSync, readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** Counted from 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Units: microseconds. */
  readonly timeDeltas: readonly number[];
}

/** Time of one thread, by function and by where the function is from; a builtin such as JSON.parse counts for the function that calls it. Units: milliseconds. */
export interface ThreadProfile {
  readonly name: string;
  readonly busyMs: number;
  readonly idleMs: number;
  readonly byOrigin: readonly (readonly [origin: string, ms: number])[];
  readonly byFunction: readonly (readonly [where: string, ms: number])[];
}

const IDLE = new Set(['(idle)', '(program)']);

/** A place in a bundled file as the place in the sources that it comes from. */
const inSources = (maps: Map<string, SourceMap | undefined>, frame: CallFrame): CallFrame => {
  if (!frame.url.startsWith('file:')) return frame;
  if (!maps.has(frame.url)) {
    const path = `${fileURLToPath(frame.url)}.map`;
    maps.set(frame.url, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload) : undefined);
  }
  const found = maps.get(frame.url)?.findEntry(frame.lineNumber, frame.columnNumber);
  return found !== undefined && 'originalSource' in found ? { ...frame, url: found.originalSource, lineNumber: found.originalLine } : frame;
};

const originOf = ({ functionName, url }: CallFrame): string => {
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (url === '') return 'native code (buffers, files, messages)';
  // Kernels have names, parquet-wasm has none.
  if (url.startsWith('wasm:')) return /src\/.*\/kernel(?=\/)/.exec(functionName)?.[0] ?? 'parquet-wasm';
  if (url.startsWith('node:')) return 'node';
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /src\/\w+/.exec(url)?.[0] ?? url;
};

const whereOf = ({ functionName, url, lineNumber }: CallFrame): string => {
  const file = url === '' || url.startsWith('wasm:') ? '' : ` ${url.replace(/^.*\/(node_modules|src)\//, '')}:${String(lineNumber + 1)}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${file}`;
};

const add = (sums: Map<string, number>, key: string, ms: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + ms);
};
const sorted = (sums: Map<string, number>): readonly (readonly [string, number])[] => [...sums].sort((a, b) => b[1] - a[1]);

const readProfile = (name: string, profile: CpuProfile): ThreadProfile => {
  const maps = new Map<string, SourceMap | undefined>();
  const frames = new Map(profile.nodes.map((node) => [node.id, inSources(maps, node.callFrame)]));
  const origins = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyMs = 0;
  let idleMs = 0;
  profile.samples.forEach((id, i) => {
    const frame = frames.get(id)!;
    const ms = (profile.timeDeltas[i] ?? 0) / 1000;
    if (IDLE.has(frame.functionName)) {
      idleMs += ms;
      return;
    }
    busyMs += ms;
    add(origins, originOf(frame), ms);
    add(functions, whereOf(frame), ms);
  });
  return { name, busyMs, idleMs, byOrigin: sorted(origins), byFunction: sorted(functions) };
};

/** Reads the profiles that `--cpu-prof` left in a folder: one a thread. */
export const readProfiles = async (folder: string): Promise<readonly ThreadProfile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort();
  return Promise.all(names.map(async (name) => readProfile(name, JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile)));
};

/** Where the time of each thread goes, as text. `most`: functions a thread. */
export const profileText = (threads: readonly ThreadProfile[], most: number): string => {
  const line = (busyMs: number) => ([what, ms]: readonly [string, number]): string => `  ${ms.toFixed(0).padStart(6)} ms ${((100 * ms) / busyMs).toFixed(1).padStart(5)} %  ${what}`;
  return threads
    .map(({ name, busyMs, idleMs, byOrigin, byFunction }) =>
      [`${name}: busy ${busyMs.toFixed(0)} ms, idle ${idleMs.toFixed(0)} ms`, ...byOrigin.map(line(busyMs)), ' functions', ...byFunction.slice(0, most).map(line(busyMs))].join('\n'),
    )
    .join('\n\n');
};
