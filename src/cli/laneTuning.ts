import { availableParallelism } from 'node:os';
import { constrainedMemory } from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Below this a container's memory counts as tight: two lanes take some 350 MiB. Units: bytes. */
const TIGHT_MEMORY = 512 * 1024 * 1024;
/** Below this so does the room for JavaScript objects, as `--max-old-space-size` sets it. Units: bytes. */
const TIGHT_HEAP = 256 * 1024 * 1024;

/** What a machine has for us. */
export interface Resources {
  readonly processors: number;
  /** Most that this process may take, by its control group; 0 or more than there is where nothing limits it. Units: bytes. */
  readonly memoryLimit: number;
  /** Most that its JavaScript objects may take. Units: bytes. */
  readonly heapLimit: number;
}

/** How lanes are run. */
export interface LaneTuning {
  readonly threads: number;
  /** Flags of the engine; they are the process's, and must be set before threads start. */
  readonly flags: readonly string[];
}

/** What this machine has. */
export const readResources = (): Resources => ({ processors: availableParallelism(), memoryLimit: constrainedMemory(), heapLimit: getHeapStatistics().heap_size_limit });

/**
 * Lanes for a machine: one a processor, with heaps that may grow to twice what the last full collection left before the next one; where memory is tight, one.
 *
 * Why heaps grow: what a run keeps on the JavaScript heap is some 10 MB a thread; pages pass beside it, and count. At the engine's own pace every 20 MB of pages
 * would cost a full collection, a tenth of a run's CPU.
 * Why no second compilation of WebAssembly where memory is tight: optimising parquet-wasm takes 30 MiB that are not given back, and saves a tenth of its time.
 */
export const tuneLanes = ({ processors, memoryLimit, heapLimit }: Resources): LaneTuning => {
  const isTight = (memoryLimit > 0 && memoryLimit < TIGHT_MEMORY) || heapLimit < TIGHT_HEAP;
  return isTight ? { threads: 1, flags: ['--liftoff-only'] } : { threads: processors, flags: ['--heap-growing-percent=100'] };
};

/** Sets the flags of a tuning. */
export const setFlags = ({ flags }: LaneTuning): void => {
  for (const flag of flags) setFlagsFromString(flag);
};
