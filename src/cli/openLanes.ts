import type { FileOps } from '../model/files.js';
import type { Job } from '../model/job.js';
import type { MemoryPool } from '../model/memoryPool.js';
import type { Settings } from '../model/settings.js';
import { inlineLanes } from '../run/inlineLanes.js';
import type { Lanes } from '../run/lanes.js';
import { createLaneWork } from '../run/laneWork.js';
import { threadLanes } from '../run/threadLanes.js';
import { encodeLooks } from '../sink/encodeLooks.js';
import { laneParts, type LaneData, type LaneFacts } from './laneParts.js';
import { readResources, setFlags, tuneLanes } from './laneTuning.js';

/** What lanes work for, and on what. */
export interface LaneOptions {
  readonly job: Job;
  readonly settings: Pick<Settings, 'output'>;
  /** `<root>/<job>`. */
  readonly jobFolder: string;
  readonly memory: MemoryPool;
  /** As in `OpenJobOptions`. */
  readonly threads: number | undefined;
  /** As in `OpenJobOptions`. */
  readonly files: FileOps | undefined;
}

/** Opens the lanes that parse and encode: threads that suit the machine, or this one. Whoever opens them closes them. */
export const openLanes = ({ job, settings, jobFolder, memory, threads, files }: LaneOptions): Lanes => {
  const { fileMode, dirMode } = settings.output;
  const facts: LaneFacts = { job, jobFolder, fileMode, dirMode };
  if (threads === 0) return inlineLanes(createLaneWork(laneParts(facts, files)));
  const tuning = tuneLanes(readResources());
  setFlags(tuning.flags);
  const data: LaneData = { facts, flags: tuning.laneFlags };
  return threadLanes({
    module: new URL('./laneThread.js', import.meta.url),
    data,
    threads: threads ?? tuning.threads,
    memory,
    encodeLooks: (looks) => {
      // What WebAssembly is compiled with here, lanes of later runs get.
      setFlags(tuning.laneFlags);
      return encodeLooks(looks);
    },
    onAllRead: () => { setFlags(tuning.whenRead); },
  });
};
