import { availableParallelism } from 'node:os';
import { constrainedMemory, versions } from 'node:process';
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
  /** Major version of V8, the JavaScript engine: 11 in Node 20. */
  readonly engine: number;
}

/** How lanes are run. */
export interface LaneTuning {
  readonly threads: number;
  /** Flags of the engine; they are the process's, and must be set before threads start. */
  readonly flags: readonly string[];
  /** Flags that a lane sets before it compiles WebAssembly; they, too, are the process's. */
  readonly laneFlags: readonly string[];
  /** Flags for when no page is on its way any more. */
  readonly whenRead: readonly string[];
}

/** What this machine has. */
export const readResources = (): Resources => ({ processors: availableParallelism(), memoryLimit: constrainedMemory(), heapLimit: getHeapStatistics().heap_size_limit, engine: Number.parseInt(versions.v8, 10) });

/**
 * Heaps may grow to four times what the last full collection left before the next one.
 *
 * Why: what a run keeps on the JavaScript heap is some 10 MB a thread; what is read from sockets passes beside it, and counts. At the engine's own pace every 20 MB
 * read would cost a full collection, a tenth of a run's CPU. Collections of the young objects alone, which are cheaper, come after 32 MB: with room for those beside
 * what is kept they come first, for a tenth of the full ones that three times would bring. More room brings no fewer, only larger heaps.
 */
const ROOMY_HEAPS = '--heap-growing-percent=300';

/** When nothing comes from sockets any more, a lane's heap need not grow to more than half again what it keeps: 40 MiB less where many row groups are written. */
const SPARING_HEAPS = '--heap-growing-percent=50';

/**
 * Functions are compiled again, optimised, when they have run four times as long as this engine waits by itself, with less than half of what it would copy into each
 * from those it calls.
 *
 * Why: a run is seconds long and optimising takes as long as what it saves in most of them: 2 of 12 seconds of CPU at 100,000 conversations.
 * Later engines have a compiler between the two, and do not know the first flag.
 */
const LATE_OPTIMISING = ['--interrupt-budget=300000', '--max-inlined-bytecode-size-cumulative=400'];
const ENGINE_THAT_OPTIMISES_EARLY = 11;

/** The same for WebAssembly: a tenth as soon as V8 11 would. It holds for what is compiled while it is set, and for what other threads compile of the same bytes later. */
const LATE_WASM = '--wasm-tiering-budget=18000000';

/**
 * For what compiles WebAssembly on the main thread, undici's HTTP parser: set before the first request.
 *
 * Why: optimising its one large function takes a sixth of a second, as much as all else that a short run does on the main thread, and nothing is faster by it.
 */
export const BEFORE_REQUESTS = ['--wasm-tiering-budget=2000000000'];

/**
 * WebAssembly is not compiled a second time, and heaps are kept small: collected sooner, with little room for young objects.
 *
 * Why: optimising parquet-wasm takes 30 MiB that are not given back, and saves a tenth of its time; small heaps take 50 MiB less, for a third more CPU.
 */
const SMALL = ['--liftoff-only', '--optimize-for-size'];

/** Lanes for a machine: at most one a processor; where memory is tight, one. */
export const tuneLanes = ({ processors, memoryLimit, heapLimit, engine }: Resources): LaneTuning => {
  const isTight = (memoryLimit > 0 && memoryLimit < TIGHT_MEMORY) || heapLimit < TIGHT_HEAP;
  if (isTight) return { threads: 1, flags: SMALL, laneFlags: [], whenRead: [] };
  return { threads: processors, flags: [ROOMY_HEAPS, ...(engine === ENGINE_THAT_OPTIMISES_EARLY ? LATE_OPTIMISING : [])], laneFlags: [LATE_WASM], whenRead: [SPARING_HEAPS] };
};

/** Sets flags of a tuning. */
export const setFlags = (flags: readonly string[]): void => {
  for (const flag of flags) setFlagsFromString(flag);
};
